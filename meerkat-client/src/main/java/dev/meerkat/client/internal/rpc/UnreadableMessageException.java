package dev.meerkat.client.internal.rpc;

import org.jspecify.annotations.Nullable;

/** A line that is no message. */
final class UnreadableMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableMessageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
