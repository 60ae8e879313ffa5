package dev.meerkat.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Threads by name: those of the runtime and of this kit all begin with one prefix. */
final class Threads {
    /** What all names of the runtime's threads begin with. */
    static final String RUNTIME_PREFIX = "meerkat";

    /** What the names of this kit's threads begin with. */
    static final String PREFIX = RUNTIME_PREFIX + "-test-";

    /** The threads on which agents on chat models call tools. All agents share them, and they outlive a runtime. */
    private static final String TOOLS = RUNTIME_PREFIX + "-tool";

    private Threads() {}

    /** The live threads of runtimes and kits in this JVM. */
    static Set<Thread> live() {
        Set<Thread> live = new HashSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(RUNTIME_PREFIX) && !thread.getName().equals(TOOLS)) {
                live.add(thread);
            }
        }
        return live;
    }

    static boolean isKit(Thread thread) {
        return thread.getName().startsWith(PREFIX);
    }

    /**
     * Waits for threads to end by themselves.
     *
     * @return those that have not ended after the guard
     */
    static List<Thread> awaitEnd(Iterable<? extends Thread> threads, Duration guard) {
        List<Thread> left = new ArrayList<>();
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                if (!interrupted) {
                    TimeUnit.NANOSECONDS.timedJoin(thread, guard.toNanos());
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (thread.isAlive()) {
                left.add(thread);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return left;
    }

    /** Interrupts threads and waits for their end. */
    static void endAll(List<? extends Thread> threads, Duration guard) {
        for (Thread thread : threads) {
            thread.interrupt();
        }
        awaitEnd(threads, guard);
    }
}
