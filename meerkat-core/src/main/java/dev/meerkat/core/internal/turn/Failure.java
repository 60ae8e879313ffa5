package dev.meerkat.core.internal.turn;

import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.core.agent.PermanentFailureException;
import dev.meerkat.core.agent.TransientFailureException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * How an attempt at a turn failed.
 *
 * @param code the stable code
 * @param message what failed
 * @param nature whether another attempt can help
 * @param retryAfter the least wait that the failure asks for; zero for none
 */
record Failure(String code, String message, Nature nature, Duration retryAfter) {
    /** Whether another attempt can help. */
    enum Nature {
        /** It says that it passes. */
        TRANSIENT,
        /** It says nothing of that. */
        UNTOLD,
        /** It says that it stays. */
        PERMANENT
    }

    /** The code of a turn over its length limit. */
    static final String OVERDUE = "turn_overdue";

    private static final int MESSAGE_CHARS = 1_000;
    private static final int LONGEST_CHAIN = 32;
    /** Parts of the names of exceptions with which HTTP and model libraries say that a failure passes. */
    private static final List<String> PASSING =
            List.of("Timeout", "TimedOut", "RateLimit", "TooManyRequests", "Overloaded", "Unavailable");

    static Failure of(Throwable thrown) {
        String code = thrown instanceof MeerkatException known ? known.code() : "agent_error";
        if (code.equals(OVERDUE)) {
            // What the agent threw was its answer to the interrupt, so it does not say whether the failure passes.
            return new Failure(code, text(thrown), Nature.UNTOLD, Duration.ZERO);
        }
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < LONGEST_CHAIN; i++) {
            if (cause instanceof TransientFailureException marked) {
                return new Failure(
                        code,
                        text(thrown),
                        Nature.TRANSIENT,
                        marked.retryAfter().orElse(Duration.ZERO));
            }
            if (cause instanceof PermanentFailureException) {
                return new Failure(code, text(thrown), Nature.PERMANENT, Duration.ZERO);
            }
            if (passes(cause)) {
                return new Failure(code, text(thrown), Nature.TRANSIENT, Duration.ZERO);
            }
            cause = cause.getCause();
        }
        return new Failure(code, text(thrown), Nature.UNTOLD, Duration.ZERO);
    }

    boolean passes() {
        return nature == Nature.TRANSIENT;
    }

    private static boolean passes(Throwable thrown) {
        String name = thrown.getClass().getSimpleName();
        return thrown instanceof IOException
                || thrown instanceof TimeoutException
                || thrown instanceof LaneFullException
                || PASSING.stream().anyMatch(name::contains);
    }

    private static String text(Throwable thrown) {
        // Ours say all in words; the class of others says what their messages may not.
        String message = thrown instanceof MeerkatException ? String.valueOf(thrown.getMessage()) : thrown.toString();
        return message.length() <= MESSAGE_CHARS ? message : message.substring(0, MESSAGE_CHARS) + "...";
    }
}
