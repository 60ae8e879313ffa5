package dev.meerkat.core.internal.runtime;

import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the schedules of sessions are looked at: one timer for the one that is due next, however many there are, and one
 * look at a time.
 *
 * <p>A clock may be set at any time, and timers do not hear of it. So the timer goes off before the time is there, too:
 * then a clock that was set forward is noticed. One that was set back is known by the clock being behind when the timer
 * goes off; then all schedules are looked at. Thread-safe.
 */
public final class AlarmClock {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmClock.class);

    /** The timer goes off when such a part of the wait has passed, or after the shortest wait. */
    private static final int PART = 1_000;

    private static final Duration SHORTEST = Duration.ofSeconds(30);

    /** So far may a clock be behind although nobody has set it. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    /** What a look does. */
    @FunctionalInterface
    public interface Look {
        /**
         * Does what is due.
         *
         * @param all whether other schedules may be due earlier than is stored
         * @return when to look again; empty if there is nothing to wait for
         */
        Optional<Instant> at(boolean all) throws InterruptedException;
    }

    private final Kernel kernel;
    private @Nullable Look look;
    private boolean looking;
    private boolean again;
    private boolean all;
    private int faults;
    /** When the timer goes off at the latest; null if there is none. */
    private @Nullable Instant set;

    private Scheduler.@Nullable Cancellation timer;
    /** Counts the timers, so that one that could not be cancelled in time does nothing. */
    private int timers;

    AlarmClock(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Looks from now on, and at once at all. */
    public void begin(Look first) {
        synchronized (this) {
            look = first;
        }
        lookAtAll();
    }

    /** A schedule may be due then. */
    public void due(Instant next) {
        synchronized (this) {
            if (set != null && !looking && !next.isBefore(set)) {
                return;
            }
        }
        look();
    }

    /** The clock may have been set back, or sessions have come to this runtime. */
    public void lookAtAll() {
        synchronized (this) {
            all = true;
        }
        look();
    }

    /** Schedules may have changed. */
    public void look() {
        synchronized (this) {
            if (look == null || looking) {
                again = true;
                return;
            }
            looking = true;
        }
        try {
            kernel.env.executor().execute(this::run);
        } catch (RuntimeException e) {
            synchronized (this) {
                looking = false;
            }
            throw e;
        }
    }

    private void run() {
        Look here;
        boolean whole;
        synchronized (this) {
            again = false;
            here = look;
            whole = all;
            all = false;
            cancel();
        }
        Optional<Instant> next = Optional.empty();
        boolean done = false;
        try {
            if (here != null && kernel.activity.open()) {
                next = here.at(whole);
            }
            done = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (kernel.activity.open() && first()) {
                LOG.warn("schedules cannot be looked at now, which is tried again", e);
            } else {
                LOG.debug("schedules cannot be looked at now", e);
            }
        } finally {
            ended(done, whole, next);
        }
    }

    private synchronized boolean first() {
        return faults == 0;
    }

    private void ended(boolean done, boolean whole, Optional<Instant> next) {
        boolean more;
        if (done && !first()) {
            LOG.info("schedules are looked at again");
        }
        synchronized (this) {
            looking = false;
            more = again && kernel.activity.open();
            faults = done ? 0 : faults + 1;
            all |= whole && !done;
        }
        if (more && done) {
            look();
        } else if (!done) {
            wait(Backoff.after(faults), kernel.now());
        } else {
            next.ifPresent(time -> {
                Duration left = Duration.between(kernel.now(), time);
                wait(left.isNegative() ? Duration.ZERO : left, time);
            });
        }
    }

    private void wait(Duration left, Instant until) {
        Duration part = left.dividedBy(PART);
        Duration most = part.compareTo(SHORTEST) > 0 ? part : SHORTEST;
        Duration wait = left.compareTo(most) < 0 ? left : most;
        synchronized (this) {
            cancel();
            if (!kernel.activity.open()) {
                return;
            }
            set = until;
            int number = timers;
            Instant expected = kernel.now().plus(wait).minus(TOLERANCE);
            timer = kernel.env.scheduler().schedule(wait, () -> fire(number, expected));
        }
    }

    private void fire(int number, Instant expected) {
        synchronized (this) {
            if (number != timers || !kernel.activity.open()) {
                return;
            }
            all |= kernel.now().isBefore(expected);
        }
        look();
    }

    /** With the monitor. */
    private void cancel() {
        timers++;
        set = null;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** The runtime is closed. */
    public synchronized void close() {
        look = null;
        cancel();
    }
}
