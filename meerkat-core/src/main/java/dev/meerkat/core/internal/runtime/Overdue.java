package dev.meerkat.core.internal.runtime;

import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Fails waits that exceed a limit, with one timer for all of them. Thread-safe. */
public final class Overdue {
    private static final int STEPS = 8;

    private final Scheduler scheduler;
    private final Duration step;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();

    Overdue(Scheduler scheduler, Duration limit) {
        this.scheduler = scheduler;
        this.step = limit.dividedBy(STEPS);
    }

    /** Something that waits, until {@link #end}. */
    public final class Wait {
        private final Runnable onOverdue;
        /** Only the timer counts. */
        private int steps;

        private Wait(Runnable onOverdue) {
            this.onOverdue = onOverdue;
        }

        public void end() {
            waits.remove(this);
        }
    }

    /**
     * Begins to wait.
     *
     * @param onOverdue run by the timer after the limit, or an eighth of it later
     */
    Wait begin(Runnable onOverdue) {
        Wait wait = new Wait(onOverdue);
        waits.add(wait);
        tick();
        return wait;
    }

    private void tick() {
        if (!waits.isEmpty() && ticking.compareAndSet(false, true)) {
            scheduler.schedule(step, this::step);
        }
    }

    private void step() {
        for (Wait wait : waits) {
            wait.steps++;
            if (wait.steps > STEPS) {
                wait.end();
                wait.onOverdue.run();
            }
        }
        ticking.set(false);
        tick();
    }
}
