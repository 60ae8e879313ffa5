package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/** The work was begun and failed; what it left behind is said in the message. */
public non-sealed class FailedException extends MeerkatException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param code the stable code
     * @param message what failed and why
     * @param cause what it came from, or null
     */
    public FailedException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
