package dev.meerkat.core.internal.session;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Changes of a session that belong to no turn: each is a commit of its own, also while a turn runs. Thread-safe. */
public record Asides(SessionLoop loop) {
    private static final String CONFLICT = "input_idempotency_conflict";

    /** Adds a text to the transcript; false if it was added before. */
    public boolean injectContext(ContextNote note) throws InterruptedException {
        StepResult result = commit(() -> {
            Step step = new Step();
            step.transcript.add(new TranscriptEntry.SystemPrompt(loop.kernel.now(), note.text(), note.source()));
            step.contextKey = note.idempotencyKey().map(key -> new ContextKey(key, digest(content(note.text()))));
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
    public void changeKeepAlive(boolean keepAlive) throws InterruptedException {
        StepResult unused = commit(() -> {
            Step step = new Step();
            step.change = keepAlive ? StepCommit.Change.KEEP_ALIVE : StepCommit.Change.LET_REST;
            return step;
        });
    }

    /** Lets the session go on; false if it was not parked. */
    public boolean unpark() throws InterruptedException {
        loop.kernel.checkOpen();
        loop.state.checkLive();
        if (loop.state.progress().parked() == null) {
            return false;
        }
        StepResult unused = commit(() -> {
            Step step = new Step();
            step.unparks = true;
            step.event(new SessionEvent.SessionUnparked(Cursor.START, loop.kernel.now()));
            return step;
        });
        return true;
    }

    /** Commits a change; after one that failed, the version was stale, and has been read again. */
    private StepResult commit(Supplier<Step> change) throws InterruptedException {
        loop.kernel.checkOpen();
        loop.state.checkLive();
        StepResult result = once(change.get());
        if (result instanceof StepResult.Stale) {
            loop.state.checkLive();
            result = once(change.get());
        }
        if (result instanceof StepResult.Stale) {
            loop.state.checkLive();
            throw new StoreException("session " + loop.id + " was changed by another writer", null);
        }
        if (result instanceof Fenced fenced) {
            throw FencedFault.refusal(loop.id, fenced);
        }
        return result;
    }

    private StepResult once(Step change) throws InterruptedException {
        return loop.kernel.await(
                loop.commits.aside(change), loop.kernel.env.ids().next());
    }

    /** A text that is a JSON object or array is the same in any order and spelling. */
    private static String content(String text) {
        String bare = text.strip();
        if (bare.startsWith("{") || bare.startsWith("[")) {
            try {
                return Json.parse(bare).canonicalText();
            } catch (InvalidFieldException e) {
                return text;
            }
        }
        return text;
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
