package dev.meerkat.server.internal.calls;

import dev.meerkat.wire.internal.fault.WireFault;
import java.util.concurrent.CompletableFuture;

/** A call whose answer is on its way. Thread-safe. */
public interface PendingCall {
    /** Completes with the answer, or with a {@link WireFault}. Not to be completed by others. */
    CompletableFuture<Answer> answer();

    /**
     * Asks to take the call back: a turn that it began is stopped, and the answer is then {@code REQUEST_CANCELLED}.
     * Calls that do not take long go on. Idempotent, never blocks.
     */
    void cancel();
}
