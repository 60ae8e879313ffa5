package dev.meerkat.core;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The environment of production: the system's clock, strong random numbers, ids of version 7, one
 * timer thread, and turns on virtual threads where the JVM has them, else on a pool. Thread-safe.
 */
public final class SystemEnvironment implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;
    private final TurnThreads threads;
    private final Environment environment;

    private SystemEnvironment() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "meerkat-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        threads = TurnThreads.create();
        InstantSource clock = InstantSource.system();
        environment = new Environment(clock, new TimeOrderedIds(clock), new SecureRandom(), threads, this::schedule);
    }

    /** {@return a new environment with threads of its own, to be closed after the runtimes that use it} */
    public static SystemEnvironment create() {
        return new SystemEnvironment();
    }

    /** {@return the environment, always the same} */
    public Environment environment() {
        return environment;
    }

    /**
     * The same, with turns on another executor.
     *
     * @param executor runs turns; it must have threads enough for all agents that block at once
     * @return a changed copy
     */
    public Environment withExecutor(Executor executor) {
        return new Environment(
                environment.clock(), environment.ids(), environment.random(), executor, environment.scheduler());
    }

    private Scheduler.Cancellation schedule(Duration delay, Runnable task) {
        ScheduledFuture<?> scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    /** Stops its threads without waiting for agents that still run. */
    @Override
    public void close() {
        timer.shutdownNow();
        threads.close();
    }

    /**
     * Ids of version 7: milliseconds, a counter that keeps ids of one millisecond in order, and random
     * bits. They name things, and guard nothing, so they need not be unguessable.
     */
    private static final class TimeOrderedIds implements IdSource {
        private static final int COUNTER_BITS = 12;
        private static final long VERSION_7 = 0x7000L;
        private static final long VARIANT = 0x8000_0000_0000_0000L;
        private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;

        private final InstantSource clock;
        /** Milliseconds and counter in one number that only grows. */
        private final AtomicLong last = new AtomicLong();

        TimeOrderedIds(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public UUID next() {
            long floor = clock.millis() << COUNTER_BITS;
            long tick = last.updateAndGet(before -> Math.max(before + 1, floor));
            long high = (tick >>> COUNTER_BITS << 16) | VERSION_7 | (tick & ((1L << COUNTER_BITS) - 1));
            return new UUID(high, VARIANT | (ThreadLocalRandom.current().nextLong() & VARIANT_MASK));
        }
    }
}
