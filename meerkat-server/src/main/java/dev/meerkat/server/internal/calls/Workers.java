package dev.meerkat.server.internal.calls;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of a server, whatever the number of its connections and streams. Thread-safe. */
public final class Workers implements Executor, AutoCloseable {
    /** As many calls wait for the store at once, so that it can group them. */
    private static final int THREADS = 64;

    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 2;

    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;

    /**
     * Makes the threads.
     *
     * @param bound how many tasks may wait
     */
    public Workers(int bound) {
        ThreadFactory threads = threads();
        pool = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(bound), threads);
        pool.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory threads() {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "meerkat-server-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Runs a task soon.
     *
     * @throws RejectedExecutionException if too many wait, or this is closed
     */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Runs a short task later, on the only timer thread; it must not block. */
    public ScheduledFuture<?> schedule(Runnable task, Duration delay) {
        return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Interrupts what runs; waits for two seconds at most. */
    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdownNow();
        try {
            boolean ended = pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            assert ended || pool.isShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
