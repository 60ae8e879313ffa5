package dev.meerkat.core.agent;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by an agent for a failure that passes, such as a rate limit of a model: the turn is tried again as
 * {@link dev.meerkat.core.RetryPolicy#transientFailures} says. An {@link java.io.IOException}, a timeout
 * and this exception count as transient anywhere in the chain of causes.
 */
public class TransientFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The least delay. */
    private final @Nullable Duration retryAfter;

    /**
     * A failure that passes at an unknown time.
     *
     * @param message what failed
     * @param cause what it came from, or null
     */
    public TransientFailureException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = null;
    }

    /**
     * A failure that passes after a known time.
     *
     * @param message what failed
     * @param cause what it came from, or null
     * @param retryAfter the next attempt is made no sooner, at most a day is waited; not negative
     */
    public TransientFailureException(String message, @Nullable Throwable cause, Duration retryAfter) {
        super(message, cause);
        if (Objects.requireNonNull(retryAfter, "retryAfter").isNegative()) {
            throw new IllegalArgumentException("retryAfter must not be negative: " + retryAfter);
        }
        this.retryAfter = retryAfter;
    }

    /** {@return the least wait before the next attempt, or empty if the policy alone decides} */
    public final Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
