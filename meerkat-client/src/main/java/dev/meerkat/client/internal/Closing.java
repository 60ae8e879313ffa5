package dev.meerkat.client.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a client was closed, and who wants to hear of it. Thread-safe. */
final class Closing {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<Runnable> tasks = ConcurrentHashMap.newKeySet();

    boolean isClosed() {
        return closed.get();
    }

    /** Returns false if it was closed before. */
    boolean close() {
        return closed.compareAndSet(false, true);
    }

    /** Tells those who want to hear of it, after all else was closed. */
    void tell() {
        tasks.forEach(this::run);
    }

    /** Runs a task when the client is closed; at once if it is. */
    void whenClosed(Runnable task) {
        tasks.add(task);
        if (isClosed()) {
            run(task);
        }
    }

    /** Nobody wants to hear of it any more. */
    void forget(Runnable task) {
        tasks.remove(task);
    }

    private void run(Runnable task) {
        if (tasks.remove(task)) {
            task.run();
        }
    }
}
