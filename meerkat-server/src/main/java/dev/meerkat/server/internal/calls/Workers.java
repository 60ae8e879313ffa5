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

/** The threads of a server, whatever the number of its connections and streams. Thread-safe. */
public final class Workers implements Executor, AutoCloseable {
    /** As many calls wait for the store at once, so that it can group them. */
    private static final int THREADS = 64;

    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 2;

    /** What a thread may need that reads and encodes a large answer, or a large event. */
    private static final long LARGE_BYTES = 128L << 20;

    /** Of threads that read large answers at once: as many as there is memory for. */
    private static final int READ_THREADS =
            (int) Math.max(2, Math.min(16, Runtime.getRuntime().maxMemory() / LARGE_BYTES));

    /** Of threads that read and encode events, each of which may hold a large one. */
    public static final int EVENT_THREADS =
            Math.max(2, Math.min(Math.min(8, READ_THREADS), Runtime.getRuntime().availableProcessors()));

    private final ThreadPoolExecutor pool;
    private final ThreadPoolExecutor reads;
    private final ThreadPoolExecutor events;
    private final ScheduledThreadPoolExecutor timer;

    /**
     * Makes the threads.
     *
     * @param bound how many tasks may wait
     */
    public Workers(int bound) {
        ThreadFactory threads = DaemonThreads.counted("meerkat-server-");
        pool = pool(THREADS, bound, threads);
        reads = pool(READ_THREADS, bound, DaemonThreads.counted("meerkat-reads-"));
        events = pool(EVENT_THREADS, bound, DaemonThreads.counted("meerkat-events-"));
        timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadPoolExecutor pool(int threads, int bound, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(bound), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
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

    /**
     * Runs soon what reads a part of a log or of a transcript, whose answer may be large: only so many at once that there is
     * memory for them, and without keeping other calls from a thread.
     *
     * @throws RejectedExecutionException if too many wait, or this is closed
     */
    public void executeRead(Runnable task) {
        reads.execute(task);
    }

    /**
     * Tells events on soon, with threads of their own: streams, however many and however large their events, take none from
     * calls.
     *
     * @throws RejectedExecutionException if too many wait, or this is closed
     */
    public void executeEvents(Runnable task) {
        events.execute(task);
    }

    /** Runs a short task later, on the only timer thread; it must not block. */
    public ScheduledFuture<?> schedule(Runnable task, Duration delay) {
        return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Runs a short task about once a second, on the timer thread; it must neither block nor throw.
     *
     * @return stops it; it may run once more
     */
    public Runnable everySecond(Runnable task) {
        ScheduledFuture<?> ticks = timer.scheduleWithFixedDelay(task, 1, 1, TimeUnit.SECONDS);
        return () -> ticks.cancel(false);
    }

    /** Interrupts what runs; waits for two seconds at most for each kind. */
    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdownNow();
        reads.shutdownNow();
        events.shutdownNow();
        try {
            boolean ended = pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
                    && reads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
                    && events.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            assert ended || pool.isShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
