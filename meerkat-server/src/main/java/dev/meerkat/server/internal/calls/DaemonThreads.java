package dev.meerkat.server.internal.calls;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads with names, which keep no process from ending. */
public final class DaemonThreads {
    private DaemonThreads() {}

    /** A thread, not started. */
    public static Thread of(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Makes threads whose names are a prefix and a number. */
    static ThreadFactory counted(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> of(prefix + count.incrementAndGet(), task);
    }
}
