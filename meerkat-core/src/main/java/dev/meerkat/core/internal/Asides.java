package dev.meerkat.core.internal;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.StepResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Changes of a session that belong to no turn: each is a commit of its own, also while a turn runs. Thread-safe. */
record Asides(SessionLoop loop) {
    private static final String CONFLICT = "input_idempotency_conflict";

    /** Adds a text to the transcript; false if it was added before. */
    boolean injectContext(ContextNote note) throws InterruptedException {
        StepResult result = commit(() -> {
            Step step = new Step();
            step.transcript.add(new TranscriptEntry.SystemPrompt(loop.kernel.now(), note.text()));
            step.contextKey = note.idempotencyKey()
                    .map(key -> new ContextKey(key, digest(note.text())))
                    .orElse(null);
            return step;
        });
        if (result instanceof StepResult.KeyTaken taken && !taken.sameContent()) {
            throw new NotDoneException(
                    CONFLICT,
                    "idempotency_key was used for another text: "
                            + note.idempotencyKey().orElseThrow());
        }
        return result instanceof StepResult.Committed;
    }

    /** Changes whether work that waits wakes the session. */
    void keepAlive(boolean keepAlive) throws InterruptedException {
        if (keepAlive && loop.spec.commsName().isEmpty()) {
            throw new InvalidFieldException("keep_alive", "true", "needs a session with a comms name");
        }
        StepResult unused = commit(() -> {
            Step step = new Step();
            step.keepAlive = keepAlive;
            return step;
        });
    }

    /** Commits a change; after one that failed, the version was stale, and has been read again. */
    private StepResult commit(Supplier<Step> change) throws InterruptedException {
        loop.kernel.checkOpen();
        loop.checkLive();
        StepResult result = once(change.get());
        if (result instanceof StepResult.Stale) {
            loop.checkLive();
            result = once(change.get());
        }
        if (result instanceof StepResult.Stale) {
            loop.checkLive();
            throw new StoreException("session " + loop.id + " was changed by another owner", null);
        }
        return result;
    }

    private StepResult once(Step change) throws InterruptedException {
        return loop.kernel.await(
                loop.commits.aside(change), loop.kernel.env.ids().next());
    }

    private static String digest(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
