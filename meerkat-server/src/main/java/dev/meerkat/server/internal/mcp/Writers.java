package dev.meerkat.server.internal.mcp;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads that write to hosts, since the library writes with the thread that has something to say: a host that does
 * not read must not stop what belongs to all. They end when there is nothing to write.
 */
final class Writers {
    private static final int MOST = 256;
    private static final int IDLE_SECONDS = 10;

    private Writers() {}

    static Scheduler create() {
        AtomicInteger count = new AtomicInteger();
        return Schedulers.fromExecutor(new ThreadPoolExecutor(
                0,
                MOST,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "meerkat-mcp-writer-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                // More calls than that are not let in by network.
                (task, pool) -> task.run()));
    }
}
