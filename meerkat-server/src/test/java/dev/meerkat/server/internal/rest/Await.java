package dev.meerkat.server.internal.rest;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, bounded, for what happens on other threads. */
final class Await {
    private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /** An executor that never lets a task wait for another; the common pool may have one thread only. */
    static void onAThread(Runnable task) {
        Thread thread = new Thread(task, "rest-test");
        thread.setDaemon(true);
        thread.start();
    }

    static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + GUARD_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not happen in time");
            }
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
