package dev.meerkat.wire.internal.framing;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread write at a time, and notices a write that is stuck because the other side does not read.
 *
 * <p>A thread that is stuck in writing cannot be interrupted, so it is freed by ending the connection. For
 * that, some time after a first write, it is looked whether one and the same write is still under way; an
 * idle connection is not looked at. Thread-safe.
 */
public final class LineWriter {
    private static final int LOOKS = 4;

    private final Output output;
    private final long limitNanos;
    private final Executor executor;
    private final Runnable onStuck;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile long number;
    private volatile boolean writing;

    /** Where bytes go. */
    @FunctionalInterface
    public interface Output {
        /** Writes and flushes; by one thread at a time. May wait for as long as the other side does not read. */
        void write(byte[] bytes) throws IOException;
    }

    /**
     * Writes bytes.
     *
     * @param output where they go
     * @param limit how long one write may take
     * @param executor looks after the writes
     * @param onStuck ends the connection; called when a write takes longer
     */
    public LineWriter(Output output, Duration limit, Executor executor, Runnable onStuck) {
        this.output = output;
        this.limitNanos = limit.toNanos();
        this.executor = executor;
        this.onStuck = onStuck;
    }

    /**
     * Writes bytes when those before are written.
     *
     * @param before runs right before the first byte is written; what it throws stops that
     * @return whether it was this one's turn in time; if not, nothing was written
     * @throws IOException if writing failed, perhaps after a part
     */
    public boolean write(byte[] bytes, Runnable before) throws InterruptedException, IOException {
        if (!lock.tryLock(limitNanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            before.run();
            long next = number + 1;
            number = next;
            writing = true;
            watch(next);
            output.write(bytes);
            return true;
        } finally {
            writing = false;
            lock.unlock();
        }
    }

    private void watch(long first) {
        if (watched.compareAndSet(false, true)) {
            lookLater(first, 0);
        }
    }

    private void lookLater(long seen, int looks) {
        CompletableFuture.delayedExecutor(limitNanos / LOOKS, TimeUnit.NANOSECONDS, executor)
                .execute(() -> look(seen, looks));
    }

    private void look(long seen, int looks) {
        long now = number;
        if (!writing) {
            watched.set(false);
            if (writing) {
                watch(number);
            }
        } else if (now != seen) {
            lookLater(now, 0);
        } else if (looks + 1 < LOOKS) {
            lookLater(seen, looks + 1);
        } else {
            onStuck.run();
        }
    }
}
