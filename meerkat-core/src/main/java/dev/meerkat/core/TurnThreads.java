package dev.meerkat.core;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The threads on which turns run: virtual ones from Java 21 on, else a pool that makes up for waits. */
final class TurnThreads implements TurnExecutor {
    /** Turns at once on platform threads; the queue behind is bounded by the number of sessions. */
    private static final int POOL_THREADS = 256;

    private static final int IDLE_SECONDS = 10;
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private final ExecutorService executor;
    /** Waits that the pool was enlarged for; unused with virtual threads. */
    private final AtomicInteger waits = new AtomicInteger();

    private TurnThreads(ExecutorService executor) {
        this.executor = executor;
    }

    static TurnThreads create() {
        return new TurnThreads(Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS ? virtual() : pool());
    }

    /** By reflection, because this is compiled for Java 17. */
    private static ExecutorService virtual() {
        try {
            Class<?> builderType = Class.forName("java.lang.Thread$Builder");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Method name = builderType.getMethod("name", String.class, long.class);
            Object named = name.invoke(builder, "meerkat-turn-", 0L);
            Object factory = builderType.getMethod("factory").invoke(named);
            Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
            return (ExecutorService) perTask.invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM says that it has virtual threads, but does not make them", e);
        }
    }

    private static ExecutorService pool() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                POOL_THREADS, POOL_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "meerkat-turn-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void beforeWait(BooleanSupplier ready) {
        resize(1);
    }

    @Override
    public void afterWait() {
        resize(-1);
    }

    /** A turn that waits for another one must not take the thread that the other one needs. */
    private void resize(int by) {
        if (executor instanceof ThreadPoolExecutor pool) {
            synchronized (waits) {
                int size = POOL_THREADS + waits.addAndGet(by);
                if (by > 0) {
                    pool.setMaximumPoolSize(size);
                    pool.setCorePoolSize(size);
                } else {
                    pool.setCorePoolSize(size);
                    pool.setMaximumPoolSize(size);
                }
            }
        }
    }

    void close() {
        executor.shutdownNow();
    }
}
