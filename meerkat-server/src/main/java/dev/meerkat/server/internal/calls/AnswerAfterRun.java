package dev.meerkat.server.internal.calls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;

/**
 * Holds the answers of runs until the events up to the run's end are written, for five seconds at most: clients stop listening
 * to a run when they have its answer. Thread-safe.
 */
public final class AnswerAfterRun {
    private static final Duration HELD = Duration.ofSeconds(5);
    private static final int RUNS = 64;

    private final Workers workers;
    // Guarded by this.
    private final List<Held> held = new ArrayList<>();
    private final RecentSet<String> ended = new RecentSet<>(RUNS);
    private boolean over;

    /** None is held yet. */
    public AnswerAfterRun(Workers workers) {
        this.workers = workers;
    }

    /** Several calls may begin one run. */
    private record Held(String run, Runnable answer, ScheduledFuture<?> timer) {
        void release() {
            timer.cancel(false);
            answer.run();
        }
    }

    /** Gives an answer when the events up to its run's end are written, or after five seconds. */
    public void hold(String run, Runnable answer) {
        boolean now;
        synchronized (this) {
            now = over || ended.contains(run) || !keep(run, answer);
        }
        if (now) {
            answer.run();
        }
    }

    /** False if the workers are closed, so that no timer would release it. */
    private boolean keep(String run, Runnable answer) {
        try {
            held.add(new Held(
                    run, answer, workers.schedule(() -> release(one -> one.run().equals(run)), HELD)));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** The events up to a run's end are written. */
    public void ended(String run) {
        synchronized (this) {
            ended.add(run);
        }
        release(one -> one.run().equals(run));
    }

    /** Gives all answers that are held. */
    public void release() {
        release(one -> true);
    }

    private void release(Predicate<Held> which) {
        List<Held> free;
        synchronized (this) {
            free = held.stream().filter(which).toList();
            held.removeAll(free);
        }
        free.forEach(Held::release);
    }

    /** No more events are written: holds nothing any more. */
    public void close() {
        synchronized (this) {
            over = true;
        }
        release();
    }
}
