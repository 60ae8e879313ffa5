package dev.meerkat.core;

import java.time.Duration;

/** Runs tasks later; the only source of delays in the runtime. Thread-safe. */
@FunctionalInterface
public interface Scheduler {
    /**
     * Runs a task once, after a delay.
     *
     * @param delay how long to wait, not negative
     * @param task a short task that does not block
     * @return cancels it; does nothing once it has run
     */
    Cancellation schedule(Duration delay, Runnable task);

    /** Cancels a scheduled task. */
    @FunctionalInterface
    interface Cancellation {
        /** Cancels it. */
        void cancel();
    }
}
