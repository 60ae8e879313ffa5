package dev.meerkat.agent;

import dev.meerkat.api.FailedException;
import dev.meerkat.core.agent.PermanentFailureException;
import dev.meerkat.core.agent.TransientFailureException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call of a model failed. By its kind the runtime tries the turn again, see {@link Kind}.
 */
public final class ModelException extends FailedException {
    private static final long serialVersionUID = 1L;

    /** The kind. */
    private final Kind kind;

    /** Kinds of failures. */
    public enum Kind {
        /** Too many calls for now; transient. */
        RATE_LIMITED,
        /** The provider has no room for now; transient. */
        OVERLOADED,
        /** The answer ended before its end; transient. */
        CUT_SHORT,
        /** The model said nothing for too long; transient. */
        STALLED,
        /** The model or its provider does not answer this; permanent. */
        REFUSED,
        /** The request is longer than the model takes; permanent. */
        CONTEXT_TOO_LONG,
        /** The key is missing or not valid; neither transient nor permanent, for somebody may mend it. */
        BAD_CREDENTIALS,
        /** Anything else; transient if its cause is. */
        OTHER
    }

    /**
     * A failure.
     *
     * @param kind its kind
     * @param message what failed, without secrets
     * @param cause what it came from, or null
     */
    public ModelException(Kind kind, String message, @Nullable Throwable cause) {
        super(code(kind), message, marked(kind, message, cause));
        this.kind = kind;
    }

    /**
     * The failure of a provider that answered with an HTTP status that is no success.
     *
     * @param status the status, such as 429
     * @param body what came with it, without secrets; the message of a JSON error in it is shown, else the beginning
     * @param retryAfter the least wait that the provider asks for, if it is a rate limit
     * @param cause what it came from, or null
     * @return of the kind that status and body say
     */
    public static ModelException ofHttpStatus(
            int status, String body, Optional<Duration> retryAfter, @Nullable Throwable cause) {
        Kind kind = HttpStatuses.kind(status, body);
        String message = HttpStatuses.message(status, body);
        return kind == Kind.RATE_LIMITED && retryAfter.isPresent()
                ? new ModelException(message, retryAfter.get())
                : new ModelException(kind, message, cause);
    }

    /**
     * A rate limit with its delay.
     *
     * @param message what failed, without secrets
     * @param retryAfter the least wait
     */
    public ModelException(String message, Duration retryAfter) {
        super(code(Kind.RATE_LIMITED), message, new TransientFailureException(message, null, retryAfter));
        this.kind = Kind.RATE_LIMITED;
    }

    /**
     * The kind.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /** The runtime knows failures by their causes. */
    private static @Nullable Throwable marked(Kind kind, String message, @Nullable Throwable cause) {
        return switch (kind) {
            case RATE_LIMITED, OVERLOADED, CUT_SHORT, STALLED -> new TransientFailureException(message, cause);
            case REFUSED, CONTEXT_TOO_LONG -> new PermanentFailureException(message, cause);
            case BAD_CREDENTIALS, OTHER -> cause;
        };
    }

    private static String code(Kind kind) {
        return switch (kind) {
            case RATE_LIMITED -> "model_rate_limited";
            case OVERLOADED -> "model_overloaded";
            case CUT_SHORT -> "model_cut_short";
            case STALLED -> "model_stalled";
            case REFUSED -> "model_refused";
            case CONTEXT_TOO_LONG -> "model_context_too_long";
            case BAD_CREDENTIALS -> "model_bad_credentials";
            case OTHER -> "model_failed";
        };
    }
}
