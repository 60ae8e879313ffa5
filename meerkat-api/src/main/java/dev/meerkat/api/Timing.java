package dev.meerkat.api;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Function;

/** When a schedule is due. Immutable and thread-safe. */
public sealed interface Timing {
    /** The longest delay of an {@link After}, and the longest time to live. */
    Duration LONGEST_DELAY = Duration.ofDays(3_660);

    /** Most characters of a cron expression. */
    int CRON_CHARS = 256;

    /**
     * What is made of the timing, by its kind. A new kind is a new parameter, so that nobody forgets it.
     *
     * @param <T> what is made
     * @param after of an {@link After}
     * @param at of an {@link At}
     * @param cron of a {@link Cron}
     * @return what the function for its kind returns
     */
    default <T> T match(Function<After, T> after, Function<At, T> at, Function<Cron, T> cron) {
        if (this instanceof After it) {
            return after.apply(it);
        }
        return this instanceof At it ? at.apply(it) : cron.apply((Cron) this);
    }

    /**
     * Once, a while after the schedule was made. If the clock of the runtime is set back meanwhile, it waits no longer
     * than this from then on.
     *
     * @param delay how long, from zero to {@link #LONGEST_DELAY}
     */
    record After(Duration delay) implements Timing {
        /** Checks. */
        public After {
            Check.notNull(delay, "delay");
            if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
                throw new InvalidFieldException(
                        "delay", delay.toString(), "must be from PT0S to P" + LONGEST_DELAY.toDays() + "D");
            }
        }
    }

    /**
     * Once, as soon as the clock of the runtime has reached a time; at once if it has.
     *
     * @param time the time
     */
    record At(Instant time) implements Timing {
        /** Checks. */
        public At {
            Check.notNull(time, "time");
        }
    }

    /**
     * Again and again, at the minutes that a cron expression names.
     *
     * <p>The five fields are minute, hour, day of month, month and day of week (0 and 7 are Sunday), each with {@code *},
     * numbers, names such as {@code MON} and {@code JAN}, ranges, lists and steps. Where both days are restricted,
     * either is enough. {@code @hourly}, {@code @daily}, {@code @weekly}, {@code @monthly} and {@code @yearly} are short
     * for what they say. When clocks go forward, a time that is left out is due right after the gap; when they go back,
     * a time that comes twice is due at the first. Where the hour field begins with {@code *}, each real minute counts:
     * nothing is due in a gap, and both passes of a repeated hour count.
     *
     * @param expression the expression; the runtime checks it
     * @param zone the time zone in which it is meant
     * @param misfire what becomes of times at which nothing could be done, because no runtime was open, the clock was
     *     set forward, or the lane was full; a time has passed so once it is a minute old
     * @param end no time after this is due; empty for no end
     */
    record Cron(String expression, ZoneId zone, Misfire misfire, Optional<Instant> end) implements Timing {
        /** Checks all but the expression's fields. */
        public Cron {
            Check.name(expression, "cron", CRON_CHARS);
            Check.notNull(zone, "time_zone");
            Check.notNull(misfire, "misfire");
            Check.notNull(end, "end");
        }

        /**
         * Without end; of all times that have passed, one counts.
         *
         * @param expression the expression, such as {@code 0 9 * * MON-FRI}
         * @param zone the time zone in which it is meant
         * @return the timing
         */
        public static Cron of(String expression, ZoneId zone) {
            return new Cron(expression, zone, Misfire.FIRE_ONCE, Optional.empty());
        }

        /**
         * {@return a copy with another rule for times that have passed}
         *
         * @param misfire the rule
         */
        public Cron withMisfire(Misfire misfire) {
            return new Cron(expression, zone, misfire, end);
        }

        /**
         * {@return a copy with an end}
         *
         * @param end no time after this is due
         */
        public Cron withEnd(Instant end) {
            return new Cron(expression, zone, misfire, Optional.of(Check.notNull(end, "end")));
        }
    }

    /** What becomes of times of a {@link Cron} that have passed. */
    enum Misfire {
        /** The first of them counts, as soon as it can. */
        FIRE_ONCE,
        /** None of them counts. */
        SKIP
    }
}
