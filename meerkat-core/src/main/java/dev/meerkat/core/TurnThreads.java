package dev.meerkat.core;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads on which turns run: virtual ones from Java 21 on, else a pool. */
final class TurnThreads implements Executor {
    private static final int IDLE_SECONDS = 10;
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private final ExecutorService executor;

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

    /** As many as turns run: the runtime bounds those, see {@link RuntimeLimits.Turns}. */
    private static ExecutorService pool() {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "meerkat-turn-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    void close() {
        executor.shutdownNow();
    }
}
