package dev.meerkat.server.internal.calls;

import dev.meerkat.wire.internal.fault.WireFault;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A call whose answer is on its way. Thread-safe. */
public interface PendingCall<T> {
    /** Completes with the answer, or with a {@link WireFault}. Not to be completed by others. */
    CompletableFuture<Answer<T>> answer();

    /**
     * Asks to take the call back: a turn that it began is stopped, and the answer is then {@code REQUEST_CANCELLED}.
     * Calls that do not take long go on. Idempotent, never blocks.
     */
    void cancel();

    /**
     * The same call, whose result is written in some form.
     *
     * @param form writes it; what it throws is the answer
     */
    default <R> PendingCall<R> as(Function<T, R> form) {
        CompletableFuture<Answer<R>> written =
                answer().thenApply(answer -> new Answer<>(form.apply(answer.result()), answer.runId()));
        PendingCall<T> call = this;
        return new PendingCall<>() {
            @Override
            public CompletableFuture<Answer<R>> answer() {
                return written;
            }

            @Override
            public void cancel() {
                call.cancel();
            }
        };
    }
}
