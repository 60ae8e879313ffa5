package dev.meerkat.store.postgres;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A write on its way. What can be prepared is prepared by the thread that asks for it; the committer runs it, perhaps
 * more than once, and completes it once it is known what became of it.
 *
 * @param <R> its result
 */
abstract class GroupWrite<R> {
    private static final int OVERHEAD_BYTES = 256;

    private final CompletableFuture<R> stage = new CompletableFuture<>();
    private @Nullable R result;
    private @Nullable RuntimeException refusal;

    /** Size of what it stores, roughly. */
    abstract long payloadBytes();

    /** Tells what it must know. */
    abstract void wants(Wanted wanted);

    /** Checks everything before it changes anything. */
    abstract R apply(Known known);

    final long bytes() {
        return OVERHEAD_BYTES + payloadBytes();
    }

    final CompletionStage<R> stage() {
        return stage;
    }

    final void run(Known known) {
        result = apply(known);
    }

    /** Whether its result holds although nothing was looked up, if all that it has changed is as it was left. */
    boolean holds(R outcome) {
        return true;
    }

    /** Runs it where nothing was looked up; false if it must be looked up. */
    final boolean guess(Known known) {
        R outcome = apply(known);
        result = outcome;
        return holds(outcome);
    }

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
