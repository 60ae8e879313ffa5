package dev.meerkat.client;

import dev.meerkat.api.NotDoneException;
import org.jspecify.annotations.Nullable;

/** There is no server to talk to, so nothing was done. The message holds what a child process wrote last. */
public final class ServerUnreachableException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "server_unreachable";

    /**
     * No server.
     *
     * @param message which one, and why
     * @param cause what it came from, or null
     */
    public ServerUnreachableException(String message, @Nullable Throwable cause) {
        super(CODE, message, cause);
    }
}
