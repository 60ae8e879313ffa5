package dev.meerkat.core.internal;

import org.jspecify.annotations.Nullable;

/** The store did not take a step, so the loop must read again what the session is, and go on from there. */
final class StoreFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
