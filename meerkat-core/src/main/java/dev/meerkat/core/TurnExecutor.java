package dev.meerkat.core;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Runs the serial loops of sessions: one task per session that has work, none for an idle one.
 *
 * <p>A task may block for as long as an agent does. Thread-safe.
 */
public interface TurnExecutor extends Executor {
    /**
     * Told on a turn's thread before the runtime makes it wait, so that a pool can make up for the
     * thread, or a deterministic executor can run another.
     *
     * @param ready tells whether the wait would end now; cheap and callable from any thread
     */
    default void beforeWait(BooleanSupplier ready) {}

    /** Told on the same thread after the wait. */
    default void afterWait() {}
}
