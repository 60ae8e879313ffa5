package dev.meerkat.springboot;

import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** Threads of the application's Meerkat: one for each task, a virtual one unless those are off or the JVM has none. */
final class OwnThreads {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private OwnThreads() {}

    static SimpleAsyncTaskExecutor named(String prefix, Environment environment) {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(prefix);
        executor.setDaemon(true);
        if (environment.getProperty("spring.threads.virtual.enabled", Boolean.class, true)
                && Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS) {
            executor.setVirtualThreads(true);
        }
        return executor;
    }
}
