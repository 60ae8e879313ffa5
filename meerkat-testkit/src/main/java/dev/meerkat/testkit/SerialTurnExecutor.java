package dev.meerkat.testkit;

import dev.meerkat.core.CooperativeExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs the loops of sessions one at a time, in an order that can be replayed.
 *
 * <p>Each task has a thread of its own, because agents block, and only the thread that holds the
 * baton runs. A wait that is announced by {@link #beforeWait} gives the baton away; it counts as
 * runnable as soon as its {@code ready} is true, so that the order does not depend on how soon the
 * machine wakes a thread. The order is first in, first out, or drawn from a seed.
 *
 * <p>It starts in automatic mode: tasks run in the background, and a test just awaits what they do.
 * After {@link #hold()} nothing runs until the test says so. Whatever blocks an agent should wait
 * through {@link #await}, as {@link Gate} and {@link VirtualTime#sleep} do; a plain wait keeps the
 * baton, so that no other session runs. Thread-safe.
 */
public final class SerialTurnExecutor implements CooperativeExecutor, AutoCloseable {
    /** Longest real wait for the tasks to come to rest; guards against hanging only. */
    static final Duration GUARD = Duration.ofSeconds(10);

    /** Guards everything below; never held while a task runs. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Baton baton;
    private final boolean ordered;
    private final List<Throwable> failures = new ArrayList<>();
    private int made;
    private boolean closed;

    private SerialTurnExecutor(IntUnaryOperator pick, boolean ordered) {
        this.baton = new Baton(pick);
        this.ordered = ordered;
    }

    /**
     * In the order in which tasks became runnable.
     *
     * @return a new executor in automatic mode
     */
    public static SerialTurnExecutor fifo() {
        return new SerialTurnExecutor(size -> 0, true);
    }

    /**
     * In an order drawn from a seed: the same seed gives the same order, except where several waiting
     * turns are interrupted at once, as by closing the runtime: the machine then decides which comes
     * back first.
     *
     * @param seed any number
     * @return a new executor in automatic mode
     */
    public static SerialTurnExecutor seeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new SerialTurnExecutor(random::nextInt, true);
    }

    /** All tasks at once, without a baton: plain threads, with the same book-keeping. */
    static SerialTurnExecutor unordered() {
        return new SerialTurnExecutor(size -> 0, false);
    }

    boolean ordered() {
        return ordered;
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("the serial executor is closed");
            }
            if (ordered) {
                baton.add(worker(task));
            } else {
                baton.addFree(worker(task));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs a task of a dead runtime at once, beside the order. */
    void executeFreed(Runnable task) {
        lock.lock();
        try {
            baton.addAbandoned(worker(task));
        } finally {
            lock.unlock();
        }
    }

    private SerialWorker worker(Runnable task) {
        return new SerialWorker(this, lock.newCondition(), ++made, task);
    }

    /** Called by a worker at its end. */
    void ended(SerialWorker worker, @Nullable Throwable failure) {
        lock.lock();
        try {
            if (failure != null && !worker.isAbandoned()) {
                failures.add(failure);
            }
            baton.remove(worker);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void beforeWait(BooleanSupplier ready) {
        SerialWorker worker = current();
        if (worker == null) {
            return;
        }
        lock.lock();
        try {
            worker.park(ready);
            baton.giveAway(worker);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void afterWait() {
        SerialWorker worker = current();
        if (worker == null) {
            return;
        }
        lock.lock();
        try {
            worker.arrive();
            baton.pass();
            while (!baton.mayRun(worker)) {
                worker.granted.awaitUninterruptibly();
            }
            worker.goOn();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, and lets others run if the calling thread is a task of a serial executor; on any other
     * thread it just waits. For agents that block in tests.
     *
     * @param ready tells whether the wait would end now; cheap and callable from any thread
     * @param wait the wait; bounded, and ends early when the thread is interrupted
     * @throws InterruptedException if the wait throws it
     */
    public static void await(BooleanSupplier ready, Wait wait) throws InterruptedException {
        if (!(Thread.currentThread() instanceof SerialWorker worker)) {
            wait.run();
            return;
        }
        worker.executor.beforeWait(ready);
        try {
            wait.run();
        } finally {
            worker.executor.afterWait();
        }
    }

    /** Lets the other runnable tasks go first; does nothing on a thread that is no task. */
    public static void yieldTurn() {
        if (Thread.currentThread() instanceof SerialWorker worker) {
            worker.executor.beforeWait(() -> true);
            worker.executor.afterWait();
        }
    }

    /** A wait. */
    @FunctionalInterface
    public interface Wait {
        /**
         * Waits.
         *
         * @throws InterruptedException if the thread is interrupted
         */
        void run() throws InterruptedException;
    }

    /**
     * Begins manual mode: once this returns, nothing runs until {@link #runNext}, {@link
     * #runUntilIdle} or {@link #release}.
     *
     * @throws AssertionError if the running task does not pause within the guard of 10 s
     * @throws InterruptedException if interrupted while waiting for the running task to pause
     */
    public void hold() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            baton.hold();
            rest(baton::paused, "hold");
        } finally {
            lock.unlock();
        }
    }

    /** Begins manual mode again once all has come to rest, or cannot be waited for any longer. */
    void holdAtRest() {
        lock.lock();
        try {
            rest(baton::idle, GUARD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            baton.hold();
            lock.unlock();
        }
    }

    /** Goes back to automatic mode. */
    public void release() {
        lock.lock();
        try {
            baton.release();
        } finally {
            lock.unlock();
        }
    }

    /**
     * In manual mode, runs one task until it waits or ends.
     *
     * @return whether there was one to run
     * @throws IllegalStateException in automatic mode
     * @throws AssertionError if the task does not pause within the guard of 10 s
     * @throws InterruptedException if interrupted while waiting for the task to pause
     */
    public boolean runNext() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            mustBeHeld("runNext");
            rest(baton::paused, "runNext");
            boolean ran = baton.runOne();
            rest(baton::paused, "runNext");
            return ran;
        } finally {
            lock.unlock();
        }
    }

    /**
     * In manual mode, runs tasks until none is runnable.
     *
     * @throws IllegalStateException in automatic mode
     * @throws AssertionError if that is not so within the guard of 10 s
     * @throws InterruptedException if interrupted while waiting for that
     */
    public void runUntilIdle() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            mustBeHeld("runUntilIdle");
            baton.runAll();
            try {
                rest(baton::idle, "runUntilIdle");
            } finally {
                baton.runNoMore();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until every task has ended or waits for something that has not come.
     *
     * @throws IllegalStateException in manual mode, or on a task's own thread
     * @throws AssertionError if that is not so within the guard of 10 s; it says what runs and where
     * @throws InterruptedException if interrupted while waiting
     */
    public void settle() throws InterruptedException {
        if (current() != null) {
            throw new IllegalStateException("settle on a task's own thread would wait for itself");
        }
        lock.lockInterruptibly();
        try {
            if (baton.held()) {
                throw new IllegalStateException("settle while tasks are held; use runUntilIdle, or release first");
            }
            rest(baton::idle, "settle");
        } finally {
            lock.unlock();
        }
    }

    /** Like {@link #settle}, but gives up without error after that long. */
    void settleWithin(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            rest(baton::idle, time);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether manual mode is on.
     *
     * @return true from {@link #hold} to {@link #release}
     */
    public boolean isHeld() {
        lock.lock();
        try {
            return baton.held();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What runs, waits and could run, with stack traces.
     *
     * @return several lines, for people
     */
    public String describe() {
        lock.lock();
        try {
            return baton.describe();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What tasks have thrown; the runtime's loops should throw nothing.
     *
     * @return a copy, oldest first
     */
    public List<Throwable> failures() {
        lock.lock();
        try {
            return List.copyOf(failures);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The threads that have not ended.
     *
     * @return their names; empty at rest
     */
    public List<String> leftBehind() {
        lock.lock();
        try {
            return baton.names();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Interrupts all tasks, lets them run to their ends at once, in no order, and takes no more. What
     * does not end within the guard of 10 s stays behind, see {@link #leftBehind}.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        abandon();
    }

    /** What {@link #close} does, but goes on taking tasks: for a runtime that is dead. */
    void abandon() {
        List<SerialWorker> freed;
        lock.lock();
        try {
            freed = baton.abandon();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.endAll(freed, GUARD);
    }

    private void mustBeHeld(String what) {
        if (!baton.held()) {
            throw new IllegalStateException(what + " needs manual mode, call hold first");
        }
    }

    /** With the lock held: waits for what must come soon. */
    private void rest(BooleanSupplier condition, String what) throws InterruptedException {
        if (!rest(condition, GUARD)) {
            throw new AssertionError(
                    what + ": tasks did not come to rest within " + GUARD.toSeconds() + " s\n" + baton.describe());
        }
    }

    private boolean rest(BooleanSupplier condition, Duration time) throws InterruptedException {
        long nanos = time.toNanos();
        while (!condition.getAsBoolean()) {
            if (nanos <= 0) {
                return false;
            }
            nanos = changed.awaitNanos(nanos);
        }
        return true;
    }

    private @Nullable SerialWorker current() {
        return Thread.currentThread() instanceof SerialWorker worker && worker.executor == this ? worker : null;
    }
}
