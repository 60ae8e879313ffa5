package dev.meerkat.testkit;

import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock and scheduler that only the test moves.
 *
 * <p>Nothing is due until {@link #advance} is called, which runs what falls due on the calling
 * thread, in order of due time and then of scheduling, with the clock at each task's due time.
 * Thread-safe; one thread advances at a time.
 */
public final class VirtualTime implements InstantSource, Scheduler {
    /** Where a new clock stands. */
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    /** Most tasks of an advance, with one more for each second of it; more are taken for an endless chain. */
    private static final int MOST_TASKS = 100_000;

    /** Longest real time that a task sleeps in virtual time; guards against a test that never advances. */
    private static final Duration GUARD = Duration.ofSeconds(60);

    /** Comes to rest between what falls due, so that each task's consequences have their own time. */
    @FunctionalInterface
    interface Settling {
        void settle() throws InterruptedException;
    }

    private final ReentrantLock advancing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Settling settling;
    private Instant now = START;
    private long scheduled;

    private record Task(Instant due, long order, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = due.compareTo(other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private VirtualTime(Settling settling) {
        this.settling = settling;
    }

    /**
     * A clock that stands at {@link #START}.
     *
     * @return a new clock
     */
    public static VirtualTime create() {
        return new VirtualTime(() -> {});
    }

    /** A clock that lets an executor come to rest before and after everything that falls due. */
    static VirtualTime settling(Settling settling) {
        return new VirtualTime(settling);
    }

    @Override
    public Instant instant() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Cancellation schedule(Duration delay, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative: " + delay);
        }
        lock.lock();
        try {
            Task entry = new Task(now.plus(delay), ++scheduled, task);
            tasks.add(entry);
            return () -> remove(entry);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Task task) {
        lock.lock();
        try {
            tasks.removeIf(other -> other.order == task.order);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves the clock on and runs what falls due, also what that schedules itself.
     *
     * @param time how far, not negative; zero runs what is due now
     * @throws AssertionError if more than 100,000 tasks fall due, and one more for each second
     * @throws InterruptedException if interrupted while the tasks' consequences come to rest
     */
    public void advance(Duration time) throws InterruptedException {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time must not be negative: " + time);
        }
        advancing.lockInterruptibly();
        try {
            Instant end = instant().plus(time);
            settling.settle();
            long most = MOST_TASKS + time.toSeconds();
            long ran = 0;
            for (Task task = next(end); task != null; task = next(end)) {
                if (++ran > most) {
                    throw new AssertionError(
                            "more than " + most + " tasks fell due in " + time + ", they seem to go on forever");
                }
                task.work.run();
                settling.settle();
            }
        } finally {
            advancing.unlock();
        }
    }

    /**
     * Sets the clock forward or back, as an administrator of the machine does. What is scheduled stays as far away as
     * it was, and nothing runs.
     *
     * @param by how far; negative sets the clock back
     */
    public void shift(Duration by) {
        lock.lock();
        try {
            now = now.plus(by);
            List<Task> shifted = tasks.stream()
                    .map(task -> new Task(task.due.plus(by), task.order, task.work))
                    .toList();
            tasks.clear();
            tasks.addAll(shifted);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next task that is due by then and sets the clock to it; null and then, if none is. */
    private @Nullable Task next(Instant end) {
        lock.lock();
        try {
            Task task = tasks.peek();
            if (task == null || task.due.isAfter(end)) {
                now = end;
                return null;
            }
            tasks.remove();
            now = task.due.isAfter(now) ? task.due : now;
            return task;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How far the next scheduled task is away.
     *
     * @return null if none is scheduled
     */
    public @Nullable Duration untilNext() {
        lock.lock();
        try {
            Task task = tasks.peek();
            return task == null ? null : Duration.between(now, task.due);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the calling agent wait until the clock has moved on that far; other sessions run
     * meanwhile.
     *
     * @param time how long in virtual time
     * @throws AssertionError if the clock does not get there within a real minute
     * @throws InterruptedException if the turn is interrupted meanwhile
     */
    public void sleep(Duration time) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Cancellation alarm = schedule(time, over::countDown);
        try {
            SerialTurnExecutor.await(() -> over.getCount() == 0, () -> {
                if (!over.await(GUARD.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("the clock was not advanced by " + time + " within a real minute");
                }
            });
        } finally {
            alarm.cancel();
        }
    }
}
