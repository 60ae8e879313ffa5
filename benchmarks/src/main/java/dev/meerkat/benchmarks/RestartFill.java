package dev.meerkat.benchmarks;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.IdSource;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Track;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Fills stores with waiting events, without a runtime that would take them up. Arguments: sessions,
 * events (of each session), data.
 */
final class RestartFill {
    private static final int WINDOW = 2_048;

    private final IdSource ids;
    private final Semaphore window = new Semaphore(WINDOW);
    private final AtomicReference<@Nullable Object> failure = new AtomicReference<>();
    private final Json payload = DurableDriver.payload();

    private RestartFill(IdSource ids) {
        this.ids = ids;
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        int sessions = arguments.number("sessions");
        int events = arguments.number("events");
        Path data = Path.of(arguments.text("data"));
        try (SystemEnvironment system = SystemEnvironment.create();
                SessionStore store = Stores.sqlite(data)) {
            new RestartFill(system.environment().ids()).fill(store, sessions, events);
        }
        long rows = (long) sessions * events;
        byte[] bytes = DurableDriver.payload().text().getBytes(StandardCharsets.UTF_8);
        try (RawLog raw = new RawLog(data.resolve("raw.log"));
                JdbcLog jdbc = new JdbcLog(data.resolve("jdbc.db"))) {
            for (long row = 0; row < rows; row += WINDOW) {
                List<byte[]> group = Collections.nCopies((int) Math.min(WINDOW, rows - row), bytes);
                raw.commit(group);
                jdbc.commit(group);
            }
        }
    }

    private void fill(SessionStore store, int sessions, int events) throws Exception {
        List<SessionId> created = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            created.add(create(store, "session-" + i));
        }
        // One session after the other, which is the quickest for a store that keeps a session together.
        for (SessionId session : created) {
            for (int event = 0; event < events; event++) {
                append(store, session);
            }
        }
        if (!window.tryAcquire(WINDOW, 1, TimeUnit.MINUTES) || failure.get() != null) {
            throw new IllegalStateException("not filled: " + failure.get());
        }
    }

    private SessionId create(SessionStore store, String name) throws Exception {
        SessionSpec spec = SessionSpec.ofPrompt("Watch.").withKeepAliveAs(name).withDeferredStart();
        NewInput prompt = new NewInput(
                new InputId(ids.next()), Instant.now(), Track.PASSIVE, new InputBody.Prompt("Watch.", List.of()));
        NewSession session =
                new NewSession(new SessionId(ids.next()), spec, seed(name), Instant.now(), Optional.of(prompt));
        CreateResult result = store.create(session).toCompletableFuture().get(10, TimeUnit.SECONDS);
        if (!(result instanceof CreateResult.Created)) {
            throw new IllegalStateException("not created: " + result);
        }
        return session.id();
    }

    private static byte[] seed(String name) {
        return Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 32);
    }

    private void append(SessionStore store, SessionId session) throws InterruptedException {
        window.acquire();
        InputBody body = new InputBody.External(ExternalEvent.genericJson("deploy_complete", payload));
        NewInput input = new NewInput(new InputId(ids.next()), Instant.now(), Track.EXTERNAL, body);
        store.append(InputAppend.local(session, input)).whenComplete((result, error) -> {
            if (!(result instanceof AppendResult.Appended)) {
                failure.compareAndSet(null, error != null ? error : String.valueOf(result));
            }
            window.release();
        });
    }
}
