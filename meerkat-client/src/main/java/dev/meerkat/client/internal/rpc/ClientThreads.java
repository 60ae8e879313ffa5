package dev.meerkat.client.internal.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one client: one reads each connection, one a child's standard error, and up to
 * {@value #WORK_THREADS} do what must not keep the reader waiting; these and the threads of tools end when
 * they are idle.
 */
final class ClientThreads {
    /** All names begin with it. */
    static final String PREFIX = "meerkat-rpc-";
    /** Tools that run at one time. */
    static final int TOOLS_AT_ONCE = 16;

    private static final int WORK_THREADS = 4;
    private static final int WORK_WAITING = 1024;
    private static final int IDLE_SECONDS = 5;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final ExecutorService work;
    private final ExecutorService tools;

    ClientThreads() {
        // What finds no place, or comes after the end, is done at once by who brings it: nobody may be left waiting.
        RejectedExecutionHandler atOnce = (task, pool) -> task.run();
        ThreadPoolExecutor bounded = new ThreadPoolExecutor(
                WORK_THREADS,
                WORK_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WORK_WAITING),
                named("work"),
                atOnce);
        bounded.allowCoreThreadTimeOut(true);
        work = bounded;
        tools = new ThreadPoolExecutor(
                0, TOOLS_AT_ONCE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named("tool"));
    }

    /** Runs what is short, or is bounded by the client's timeouts. */
    Executor work() {
        return work;
    }

    /** Runs tools; refuses what is more than {@value #TOOLS_AT_ONCE} at once. */
    Executor tools() {
        return tools;
    }

    /** Interrupts tools; what else waits is still done. */
    void close() {
        tools.shutdownNow();
        work.shutdown();
    }

    /**
     * Starts a thread of the system. Also for what reads a connection, of which there is one: a virtual
     * thread there only adds to the time of each answer, and a pipe would tie it to its carrier.
     */
    static Thread start(String name, Runnable task) {
        Thread thread = named(name).newThread(task);
        thread.start();
        return thread;
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, numbered(name));
            thread.setDaemon(true);
            return thread;
        };
    }

    private static String numbered(String name) {
        return PREFIX + name + "-" + COUNT.incrementAndGet();
    }
}
