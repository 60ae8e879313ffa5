package dev.meerkat.server.internal.calls;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, bounded, for what happens on other threads. */
public final class Await {
    private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /** An executor that never lets a task wait for another; the common pool may have one thread only. */
    public static void onAThread(Runnable task) {
        Thread thread = new Thread(task, "await-test");
        thread.setDaemon(true);
        thread.start();
    }

    public static void until(BooleanSupplier condition) throws InterruptedException {
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
