package dev.meerkat.client.internal.rest;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ServerUnreachableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Maps a missing or unreadable answer to an exception: not done, failed or unknown, by whether the request was sent and
 * whether it changes anything.
 */
final class Losses {
    private static final int REASON_CHARS = 200;

    private Losses() {}

    /**
     * No answer.
     *
     * @param sent whether something of the request may have left
     */
    static MeerkatException of(HttpAsk ask, boolean sent, IOException e) {
        if (!sent) {
            return new ServerUnreachableException(ask.request().url().redact() + " cannot be reached: " + reason(e), e);
        }
        if (e instanceof HttpAnswer.TooLargeException || (e instanceof ProtocolException && !brokenOff(e))) {
            return invalid(ask, reason(e), null);
        }
        return e instanceof InterruptedIOException
                ? lost(ask, "call_timeout", "no answer came in time", e)
                : lost(ask, "connection_lost", "the connection was lost before the answer: " + reason(e), e);
    }

    /** OkHttp has one type for bodies that break off and for answers that are no HTTP. */
    private static boolean brokenOff(IOException e) {
        return reason(e).startsWith("unexpected end of stream");
    }

    private static MeerkatException lost(HttpAsk ask, String code, String problem, @Nullable Throwable cause) {
        String message = ask.what() + ": " + problem;
        return ask.changes()
                ? new UnknownOutcomeException(code, message, cause)
                : new FailedException(code, message, cause);
    }

    /** An answer that cannot be read. */
    static MeerkatException invalid(HttpAsk ask, String problem, @Nullable Throwable cause) {
        String message = ask.what() + ": the answer cannot be read: " + problem;
        return ask.changes()
                ? new UnknownOutcomeException("invalid_answer", message, cause)
                : new FailedException("invalid_answer", message, cause);
    }

    /** The message of an error, without more of what a server sent than is good to show. */
    static String reason(Throwable e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.length() <= REASON_CHARS ? text : text.substring(0, REASON_CHARS) + "...";
    }
}
