package dev.meerkat.client.internal.rest;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which calls run and streams are read: virtual ones from Java 21 on, else a pool. A call
 * or a stream takes one while it is open.
 */
final class RestThreads {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final int IDLE_SECONDS = 5;
    private static final String NAME = "meerkat-rest-";

    private RestThreads() {}

    /**
     * New threads.
     *
     * @param tasks that may run at one time
     */
    static ExecutorService create(int tasks) {
        return Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS ? virtual() : pool(tasks);
    }

    /** By reflection, because this is compiled for Java 17. */
    private static ExecutorService virtual() {
        try {
            Class<?> builderType = Class.forName("java.lang.Thread$Builder");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Method name = builderType.getMethod("name", String.class, long.class);
            Object factory = builderType.getMethod("factory").invoke(name.invoke(builder, NAME, 0L));
            Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
            return (ExecutorService) perTask.invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM says that it has virtual threads, but does not make them", e);
        }
    }

    /** Twice the tasks, because a thread that has just ended its task may not be idle yet. */
    private static ExecutorService pool(int tasks) {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Math.max(tasks, tasks * 2), IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, NAME + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
