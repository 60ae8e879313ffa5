package dev.meerkat.core.internal.runtime;

import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how many sessions run their turns at once. The others wait for a slot, in the order in which they got work.
 * Guarded by its monitor, which is never held while calling out. Thread-safe.
 */
public final class TurnSlots {
    private static final Logger LOG = LoggerFactory.getLogger(TurnSlots.class);
    private static final Duration NO_THREAD_DELAY = Duration.ofSeconds(1);

    private final Executor threads;
    private final Scheduler scheduler;
    private final RuntimeLimits.Turns limits;
    private final Deque<Runnable> queue = new ArrayDeque<>();
    private int running;
    private int waiting;

    TurnSlots(Executor threads, Scheduler scheduler, RuntimeLimits.Turns limits) {
        this.threads = threads;
        this.scheduler = scheduler;
        this.limits = limits;
    }

    /** Runs a session's loop as soon as there is a slot. */
    public void execute(Runnable loop) {
        synchronized (this) {
            if (running >= limits.running()) {
                queue.add(loop);
                return;
            }
            running++;
        }
        begin(loop);
    }

    private void begin(Runnable loop) {
        try {
            threads.execute(() -> {
                try {
                    loop.run();
                } finally {
                    free();
                }
            });
        } catch (RuntimeException | Error e) {
            // Such as a lack of threads. The session counts as running, so nothing else would ever begin it again.
            LOG.error("there is no thread for a session's turn, which is tried again in {}", NO_THREAD_DELAY, e);
            scheduler.schedule(NO_THREAD_DELAY, () -> begin(loop));
        }
    }

    /**
     * Gives up the slot of a turn that is about to wait for another one, which may need it; false if too many have
     * done so. Otherwise {@link #back} must follow.
     */
    public boolean leave() {
        synchronized (this) {
            if (waiting >= limits.waiting()) {
                return false;
            }
            waiting++;
        }
        free();
        return true;
    }

    /** The turn goes on at once, also if there is no free slot: who waits for its place again would stop others. */
    public synchronized void back() {
        waiting--;
        running++;
    }

    private void free() {
        Runnable next = next();
        if (next != null) {
            begin(next);
        }
    }

    private synchronized @Nullable Runnable next() {
        @Nullable Runnable next = running > limits.running() ? null : queue.poll();
        if (next == null) {
            running--;
        }
        return next;
    }
}
