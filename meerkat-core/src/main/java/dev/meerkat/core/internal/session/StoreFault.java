package dev.meerkat.core.internal.session;

import dev.meerkat.api.MeerkatException;
import org.jspecify.annotations.Nullable;

/** The store did not take a step, so the loop must read again what the session is, and go on from there. */
public sealed class StoreFault extends RuntimeException permits FencedFault {
    private static final long serialVersionUID = 1L;

    public StoreFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What happened, and what it came from: the error that names the place, or the first one. */
    String reason() {
        Throwable from = this;
        while (from.getCause() != null && !(from instanceof MeerkatException)) {
            from = from.getCause();
        }
        return from == this ? String.valueOf(getMessage()) : getMessage() + ": " + from.getMessage();
    }
}
