package dev.meerkat.store.postgres;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Track;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Short ways to write to a store. */
final class Script {
    static final Instant AT = Instant.parse("2026-11-22T10:15:30Z");
    private static final AtomicLong IDS = new AtomicLong();

    private Script() {}

    static UUID uuid() {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | IDS.incrementAndGet());
    }

    static <T> T done(CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the write did not complete", e);
        }
    }

    static NewSession session(String name) {
        SessionSpec spec = SessionSpec.ofPrompt("hi").withKeepAliveAs(name);
        return new NewSession(
                new SessionId(uuid()),
                spec,
                new byte[32],
                AT,
                spec.prompt().map(prompt -> new NewInput(new InputId(uuid()), AT, Track.PROMPT, prompt)));
    }

    static SessionId create(SessionStore store, String name) throws ExecutionException {
        NewSession session = session(name);
        done(store.create(session));
        return session.id();
    }

    static NewInput message(String text) {
        InputBody body = new InputBody.Local(CommsCommand.Input.of(text));
        return new NewInput(new InputId(uuid()), AT, Track.of(body), body);
    }

    static CompletionStage<AppendResult> append(SessionStore store, SessionId session, NewInput input) {
        return store.append(InputAppend.local(session, input));
    }

    /** What an input says, in short. */
    static String text(AdmittedInput input) {
        if (input.body() instanceof InputBody.External external) {
            return external.event().eventType() + " "
                    + external.event().payload().text();
        }
        if (input.body() instanceof InputBody.Prompt prompt) {
            return prompt.text();
        }
        return ((InputBody.Local) input.body()).command().body();
    }
}
