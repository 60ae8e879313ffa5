package dev.meerkat.server.internal.calls;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/** Where seconds come from: a timer, or a test. */
public interface TickSource {
    /**
     * Calls a task about once a second.
     *
     * @param task must not block
     * @return stops it; it may be called once more
     */
    Runnable start(Runnable task);

    /** The timer of the workers. */
    static TickSource of(Workers workers) {
        return task -> {
            Timer timer = new Timer(workers, task);
            timer.next();
            return timer::stop;
        };
    }

    /** Goes on until it is stopped. */
    final class Timer {
        private static final Duration SECOND = Duration.ofSeconds(1);

        private final Workers workers;
        private final Runnable task;
        private volatile boolean stopped;

        private Timer(Workers workers, Runnable task) {
            this.workers = workers;
            this.task = task;
        }

        @SuppressWarnings("FutureReturnValueIgnored")
        private void next() {
            try {
                workers.schedule(this::run, SECOND);
            } catch (RejectedExecutionException e) {
                // The workers are closed, and nothing is left to look after.
                stopped = true;
            }
        }

        private void run() {
            if (!stopped) {
                try {
                    task.run();
                } finally {
                    next();
                }
            }
        }

        private void stop() {
            stopped = true;
        }
    }
}
