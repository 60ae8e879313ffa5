package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Fenced;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Which loops run, and whether the runtime is open, closing or closed. Thread-safe. */
public final class Activity {
    /** A session's loop. */
    public interface Worker {
        /** Its session. */
        SessionId session();

        /** Begins to work if there is something to do. */
        void wake();

        /** Its running turn is to be put aside. */
        void suspend();

        /** Another owner has the session: nothing more is done for it here. */
        void fenced(Fenced owner);

        /** Whether its thread has worked; if not, no turn of this runtime has begun. */
        boolean hasRun();

        /** The attempt that its thread still makes did not happen. */
        CompletionStage<?> putAside();
    }

    private enum Phase {
        OPEN,
        CLOSING,
        CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Set<Worker> running = new LinkedHashSet<>();
    private volatile Phase phase = Phase.OPEN;

    public boolean open() {
        return phase == Phase.OPEN;
    }

    public boolean closed() {
        return phase == Phase.CLOSED;
    }

    /** Counts a loop in, unless no new work may begin. */
    public boolean begin(Worker loop) {
        lock.lock();
        try {
            return phase == Phase.OPEN && running.add(loop);
        } finally {
            lock.unlock();
        }
    }

    public void end(Worker loop) {
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

    /** Refuses new work from now on. */
    public void startClosing() {
        lock.lock();
        try {
            phase = phase == Phase.OPEN ? Phase.CLOSING : phase;
        } finally {
            lock.unlock();
        }
    }

    public void finishClosing() {
        phase = Phase.CLOSED;
    }

    /** Waits until no loop runs; an interrupted caller stops waiting and stays interrupted. */
    public void awaitIdle(Duration timeout) {
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

    public List<Worker> running() {
        lock.lock();
        try {
            return List.copyOf(running);
        } finally {
            lock.unlock();
        }
    }
}
