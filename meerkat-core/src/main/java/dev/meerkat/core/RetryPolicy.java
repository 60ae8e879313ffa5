package dev.meerkat.core;

import java.time.Duration;
import java.util.Objects;

/**
 * What becomes of inputs whose turn failed.
 *
 * <p>A turn on several inputs that fails is split first: its inputs are then handled one by one, each with
 * all its attempts. An input that fails alone is tried again in place: the session's later messages and
 * events wait, prompts do not. After its attempts in place it is <em>set aside</em>: what came after it goes
 * on, and it is tried again later by itself. Only when that was done for long enough it is given up, as a
 * dead letter. A prompt whose failure is not transient is given up after its attempts in place, for its
 * caller waits. An input that fails alone with a {@link dev.meerkat.core.agent.PermanentFailureException} is given up
 * at once.
 *
 * <p>The end of the process during an attempt counts as an attempt. A turn survives ten of these beyond its attempts; an orderly
 * close counts as none.
 *
 * @param transientFailures attempts in place if the failure says that it passes: an {@link
 *     java.io.IOException}, a timeout, a {@link dev.meerkat.api.LaneFullException} or a {@link
 *     dev.meerkat.core.agent.TransientFailureException}
 * @param otherFailures attempts in place after any other failure
 * @param setAside what happens after the attempts in place
 */
public record RetryPolicy(InPlace transientFailures, InPlace otherFailures, SetAside setAside) {
    /** Checks. */
    public RetryPolicy {
        Objects.requireNonNull(transientFailures, "transientFailures");
        Objects.requireNonNull(otherFailures, "otherFailures");
        Objects.requireNonNull(setAside, "setAside");
    }

    /**
     * Attempts that hold up the rest of the session.
     *
     * @param attempts attempts in all, at least 1
     * @param firstDelay wait before the second attempt, positive; doubled for each further one, with up to a
     *     fifth of jitter
     * @param maxDelay longest wait, without jitter
     */
    public record InPlace(int attempts, Duration firstDelay, Duration maxDelay) {
        /** Checks the numbers. */
        public InPlace {
            if (attempts < 1) {
                throw new IllegalArgumentException("attempts must be at least 1: " + attempts);
            }
            checkDelays(firstDelay, maxDelay);
        }

        /**
         * The wait after a failed attempt, without jitter.
         *
         * @param attempt the attempt that failed, from 1
         * @return the wait
         */
        public Duration delayAfter(int attempt) {
            long factor = 1L << Math.min(attempt - 1, 30);
            Duration delay = firstDelay.multipliedBy(factor);
            return delay.compareTo(maxDelay) > 0 ? maxDelay : delay;
        }
    }

    /**
     * Attempts that hold up nothing.
     *
     * @param firstDelay wait before the first of them, positive; doubled for each further one, with up to a
     *     fifth of jitter
     * @param maxDelay longest wait, without jitter, unless a failure asks for a longer one
     * @param giveUpAfter after how much waiting, in all, the input is given up; zero: it is never set aside
     */
    public record SetAside(Duration firstDelay, Duration maxDelay, Duration giveUpAfter) {
        /** Checks the numbers. */
        public SetAside {
            checkDelays(firstDelay, maxDelay);
            if (giveUpAfter.isNegative()) {
                throw new IllegalArgumentException("giveUpAfter must not be negative: " + giveUpAfter);
            }
        }
    }

    private static void checkDelays(Duration firstDelay, Duration maxDelay) {
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException("firstDelay must be positive: " + firstDelay);
        }
        if (maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("maxDelay must be at least firstDelay: " + maxDelay);
        }
    }

    /**
     * Eight attempts in place within about three minutes for transient failures, three within seconds for
     * others; then the input is set aside and tried every quarter of an hour for a day.
     *
     * @return the default
     */
    public static RetryPolicy defaults() {
        Duration second = Duration.ofSeconds(1);
        Duration minute = Duration.ofMinutes(1);
        return new RetryPolicy(
                new InPlace(8, second, minute),
                new InPlace(3, second, minute),
                new SetAside(minute, Duration.ofMinutes(15), Duration.ofDays(1)));
    }

    /**
     * The same attempts in place for every failure; what fails after them is given up at once.
     *
     * @param attempts attempts in all, at least 1
     * @param firstDelay wait before the second attempt, positive
     * @param maxDelay longest wait
     * @return a policy that sets nothing aside
     */
    public static RetryPolicy inPlace(int attempts, Duration firstDelay, Duration maxDelay) {
        InPlace inPlace = new InPlace(attempts, firstDelay, maxDelay);
        return new RetryPolicy(inPlace, inPlace, new SetAside(firstDelay, maxDelay, Duration.ZERO));
    }

    /** {@return a policy without retries: what fails is given up at once} */
    public static RetryPolicy none() {
        return inPlace(1, Duration.ofSeconds(1), Duration.ofSeconds(1));
    }
}
