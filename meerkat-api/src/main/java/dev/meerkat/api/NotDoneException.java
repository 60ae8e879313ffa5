package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/** A refusal: nothing was done and no trace was left, so the call may be made again once its cause is mended. */
public non-sealed class NotDoneException extends MeerkatException {
    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param code the stable code
     * @param message what was refused and why
     */
    public NotDoneException(String code, String message) {
        this(code, message, null);
    }

    /**
     * A refusal with a cause.
     *
     * @param code the stable code
     * @param message what was refused and why
     * @param cause what it came from, or null
     */
    public NotDoneException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
