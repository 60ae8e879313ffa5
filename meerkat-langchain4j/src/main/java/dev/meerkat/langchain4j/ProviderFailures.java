package dev.meerkat.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.meerkat.agent.ModelException;
import dev.meerkat.agent.ModelException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** ProviderFailures of LangChain4j as those of the port. */
final class ProviderFailures {
    private static final int MOST_CHARS = 500;

    private ProviderFailures() {}

    static ModelException cutShort(@Nullable Throwable cause) {
        return new ModelException(Kind.CUT_SHORT, "the answer ended before its end", cause);
    }

    static ModelException of(Throwable failure) {
        ModelException known = find(failure, ModelException.class);
        if (known != null) {
            return known;
        }
        HttpException http = find(failure, HttpException.class);
        if (http != null) {
            return of(http);
        }
        String message = message(failure);
        if (find(failure, ContentFilteredException.class) != null) {
            return new ModelException(Kind.REFUSED, message, failure);
        } else if (find(failure, AuthenticationException.class) != null) {
            return new ModelException(Kind.BAD_CREDENTIALS, message, failure);
        } else if (find(failure, RateLimitException.class) != null) {
            return new ModelException(Kind.RATE_LIMITED, message, failure);
        }
        return ofConnection(failure, message);
    }

    private static ModelException ofConnection(Throwable failure, String message) {
        // Nothing has been said on a connection that there is not.
        boolean connected = find(failure, ConnectException.class) == null
                && find(failure, HttpConnectTimeoutException.class) == null;
        boolean late =
                find(failure, TimeoutException.class) != null || find(failure, HttpTimeoutException.class) != null;
        if (connected && late) {
            return new ModelException(Kind.STALLED, message, failure);
        } else if (connected && find(failure, IOException.class) != null) {
            return cutShort(failure);
        }
        return new ModelException(Kind.OTHER, message, failure);
    }

    private static ModelException of(HttpException http) {
        return ModelException.ofHttpStatus(
                http.statusCode(),
                http.getMessage() == null ? "" : http.getMessage(),
                http instanceof HttpFailure failure ? failure.retryAfter() : Optional.empty(),
                http);
    }

    private static String message(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getMessage() == null) {
            root = root.getCause();
        }
        return shortened("the model failed: "
                + (root.getMessage() == null ? root.getClass().getName() : root.getMessage()));
    }

    private static String shortened(String text) {
        String line = text.strip();
        return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "...";
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (type.isInstance(next)) {
                return type.cast(next);
            }
        }
        return null;
    }
}
