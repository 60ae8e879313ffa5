package dev.meerkat.store.sqlite;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A write on its way. What can be prepared is prepared by the thread that asks for it; the committer
 * runs it, and completes it once it is known what became of it.
 *
 * @param <R> its result
 */
abstract class Write<R> {
    private static final int OVERHEAD_BYTES = 256;

    private final CompletableFuture<R> stage = new CompletableFuture<>();
    private @Nullable R result;
    private @Nullable RuntimeException refusal;

    /** Size of what it stores, roughly. */
    abstract long payloadBytes();

    /** Checks everything before it changes the first row. */
    abstract R apply(Tables tables) throws SQLException;

    /** Whether the files must be cleared of what is deleted before it is complete. */
    boolean scrubs() {
        return false;
    }

    final long bytes() {
        return OVERHEAD_BYTES + payloadBytes();
    }

    final CompletionStage<R> stage() {
        return stage;
    }

    final void run(Tables tables) throws SQLException {
        result = apply(tables);
    }

    /** The result, or null if there is none because it was refused. */
    final @Nullable R result() {
        return refusal == null ? result : null;
    }

    /** Tells those who read from memory what is stored now. */
    void publish(RecentInputs recent) {}

    /** It alone is refused, whatever becomes of its group. */
    final void refuse(RuntimeException reason) {
        refusal = reason;
    }

    final boolean refused() {
        return refusal != null;
    }

    /** The group is committed. */
    final void complete() {
        if (refusal != null) {
            stage.completeExceptionally(refusal);
        } else {
            stage.complete(result);
        }
    }

    /** The group is not committed, or that is unknown. */
    final void fail(RuntimeException reason) {
        stage.completeExceptionally(refusal != null ? refusal : reason);
    }
}
