package dev.meerkat.server.internal.calls;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs short tasks in their order on one worker at a time, which is woken once for as many as there are. Thread-safe.
 */
public final class SerialExecutor implements Executor {
    private final Executor workers;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** A relay to workers; if they have no room, the thread that brings a task runs it. */
    public SerialExecutor(Executor workers) {
        this.workers = workers;
    }

    /** Runs a task soon; it must neither block nor throw. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            try {
                workers.execute(this::run);
            } catch (RejectedExecutionException e) {
                run();
            }
        }
    }

    private void run() {
        do {
            Runnable task = tasks.remove();
            task.run();
        } while (waiting.decrementAndGet() > 0);
    }
}
