package dev.meerkat.core;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * An executor that hears when the runtime makes one of its threads wait. A pool can then make up for the thread, and a
 * deterministic executor can run another one. Thread-safe.
 */
public interface CooperativeExecutor extends Executor {
    /**
     * Is called on a thread of this executor before the runtime makes it wait.
     *
     * @param ready tells whether the wait would end now; cheap and callable from any thread
     */
    void beforeWait(BooleanSupplier ready);

    /** Is called on the same thread after the wait. */
    void afterWait();
}
