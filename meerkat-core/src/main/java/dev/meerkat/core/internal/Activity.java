package dev.meerkat.core.internal;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Which loops run, and whether the runtime is open, closing or closed. Thread-safe. */
final class Activity {
    private enum Phase {
        OPEN,
        CLOSING,
        CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Set<SessionLoop> running = new LinkedHashSet<>();
    private volatile Phase phase = Phase.OPEN;

    boolean open() {
        return phase == Phase.OPEN;
    }

    boolean closed() {
        return phase == Phase.CLOSED;
    }

    /** Counts a loop in, unless no new work may begin. */
    boolean begin(SessionLoop loop) {
        lock.lock();
        try {
            return phase == Phase.OPEN && running.add(loop);
        } finally {
            lock.unlock();
        }
    }

    void end(SessionLoop loop) {
        lock.lock();
        try {
            running.remove(loop);
            if (running.isEmpty()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new work from now on; false if that was so already. */
    boolean startClosing() {
        lock.lock();
        try {
            boolean first = phase == Phase.OPEN;
            phase = first ? Phase.CLOSING : phase;
            return first;
        } finally {
            lock.unlock();
        }
    }

    void finishClosing() {
        phase = Phase.CLOSED;
    }

    /** Waits until no loop runs; an interrupted caller stops waiting and stays interrupted. */
    void awaitIdle(Duration timeout) {
        long nanos = timeout.toNanos();
        lock.lock();
        try {
            while (!running.isEmpty() && nanos > 0) {
                nanos = idle.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    List<SessionLoop> running() {
        lock.lock();
        try {
            return List.copyOf(running);
        } finally {
            lock.unlock();
        }
    }
}
