package dev.meerkat.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds turns at an exact point until the test opens it.
 *
 * <pre>{@code
 * Gate gate = Gate.named("mid");
 * Agent agent = turn -> {
 *     gate.pass();
 *     return "done";
 * };
 * ...
 * gate.awaitReached(Duration.ofSeconds(5));
 * ... // the turn is held here
 * gate.open();
 * }</pre>
 *
 * <p>While it holds a turn of a {@link SerialTurnExecutor}, other sessions run. Once opened it stays
 * open. Thread-safe.
 */
public final class Gate {
    /** Longest that a turn is held; guards against a test that never opens the gate. */
    private static final Duration GUARD = Duration.ofSeconds(60);

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean open;
    /** What goes on when it opens; guarded by the lock. */
    private final List<Runnable> held = new ArrayList<>();

    private int arrivals;
    private int seen;

    private Gate(String name) {
        this.name = name;
    }

    /**
     * A closed gate.
     *
     * @param name how messages call it
     * @return a new gate
     */
    public static Gate named(String name) {
        return new Gate(name);
    }

    /**
     * Called by an agent: waits until the gate is open.
     *
     * @throws InterruptedException if the turn is interrupted meanwhile
     * @throws AssertionError if nobody opens it within a minute
     */
    public void pass() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            arrivals++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (!open) {
            SerialTurnExecutor.await(() -> open, this::awaitOpen);
        }
    }

    /**
     * The same for what has no thread that could wait.
     *
     * @param rest run on the thread that opens the gate, unless it is open
     * @return whether it is open
     */
    boolean reached(Runnable rest) {
        lock.lock();
        try {
            arrivals++;
            changed.signalAll();
            if (!open) {
                held.add(rest);
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    private void awaitOpen() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = GUARD.toNanos();
            while (!open) {
                if (nanos <= 0) {
                    throw new AssertionError("gate " + name + " was not opened within " + GUARD.toSeconds() + " s");
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a turn comes to the gate: the first one, and on each further call the next one.
     *
     * @param timeout longest real wait; a guard only
     * @return this, so that a test can open it at once
     * @throws AssertionError if none comes in time
     * @throws InterruptedException if interrupted while waiting
     */
    public Gate awaitReached(Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = timeout.toNanos();
            while (arrivals <= seen) {
                if (nanos <= 0) {
                    throw new AssertionError("gate " + name + " was not reached within " + timeout + ", but " + arrivals
                            + " times before");
                }
                nanos = changed.awaitNanos(nanos);
            }
            seen++;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Lets through all who are held and all who come. */
    public void open() {
        List<Runnable> freed;
        lock.lock();
        try {
            open = true;
            changed.signalAll();
            freed = List.copyOf(held);
            held.clear();
        } finally {
            lock.unlock();
        }
        freed.forEach(Runnable::run);
    }

    /**
     * How often turns came to it.
     *
     * @return 0 at first
     */
    public int arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "Gate[" + name + (open ? ", open]" : ", closed]");
    }
}
