package dev.meerkat.core;

import java.time.Duration;

/**
 * How often a failed turn is tried again before its inputs are dead-lettered.
 *
 * <p>A turn on several inputs that fails is split first: its inputs are then handled one by one, each
 * with all its attempts, so that a poison input takes no other with it. The end of the process during
 * a turn counts as an attempt, of which ten more are borne.
 *
 * @param attempts attempts in all, at least 1
 * @param firstDelay wait before the second attempt, positive; doubled for each further one, with up
 *     to a fifth of jitter
 * @param maxDelay longest wait
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay) {
    /** Checks the numbers. */
    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1: " + attempts);
        }
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException("firstDelay must be positive: " + firstDelay);
        }
        if (maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("maxDelay must be at least firstDelay: " + maxDelay);
        }
    }

    /**
     * Three attempts, the second after one second.
     *
     * @return the default
     */
    public static RetryPolicy defaults() {
        return new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    /**
     * One attempt.
     *
     * @return no retries
     */
    public static RetryPolicy none() {
        return new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofSeconds(1));
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
