package dev.meerkat.server.internal.calls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Holds the answers of runs until the events up to the run's end are written, for five seconds at most: clients stop listening
 * to a run when they have its answer. Thread-safe.
 */
public final class AnswerAfterRun {
    private static final Duration HELD = Duration.ofSeconds(5);
    private static final int RUNS = 64;

    private final Workers workers;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
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
        lock.lock();
        try {
            now = over || ended.contains(run);
            if (!now) {
                held.add(new Held(
                        run,
                        answer,
                        workers.schedule(() -> release(one -> one.run().equals(run)), HELD)));
            }
        } catch (RejectedExecutionException e) {
            now = true;
        } finally {
            lock.unlock();
        }
        if (now) {
            answer.run();
        }
    }

    /** The events up to a run's end are written. */
    public void ended(String run) {
        lock.lock();
        try {
            ended.add(run);
        } finally {
            lock.unlock();
        }
        release(one -> one.run().equals(run));
    }

    /** Gives all answers that are held. */
    public void release() {
        release(one -> true);
    }

    private void release(Predicate<Held> which) {
        List<Held> free;
        lock.lock();
        try {
            free = held.stream().filter(which).toList();
            held.removeAll(free);
        } finally {
            lock.unlock();
        }
        free.forEach(Held::release);
    }

    /** No more events are written: holds nothing any more. */
    public void close() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
        release();
    }
}
