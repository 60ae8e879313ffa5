package dev.meerkat.api;

import dev.meerkat.api.internal.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Root of everything that Meerkat refuses or fails with.
 *
 * <p>The three subclasses tell what is known of the work: {@link NotDoneException} (nothing was
 * done), {@link FailedException} (it was done and failed), {@link UnknownOutcomeException} (it may
 * or may not have been done: reconcile before sending again). The {@link #code()} is stable; where
 * the wire has a code for the case, it is that one. The message is one line, and may be logged as it is: what others
 * have written into it is there with its control characters escaped.
 */
public abstract sealed class MeerkatException extends RuntimeException
        permits NotDoneException, FailedException, UnknownOutcomeException {
    private static final long serialVersionUID = 1L;

    /** The stable code. */
    private final String code;

    /**
     * For the subclasses.
     *
     * @param code the stable code
     * @param message what happened, for people
     * @param cause what it came from, or null
     */
    MeerkatException(String code, String message, @Nullable Throwable cause) {
        super(Printable.line(String.valueOf(message)), cause);
        this.code = Printable.line(code);
    }

    /** {@return the stable code of this case, for programs: lower-case words joined by underscores} */
    public final String code() {
        return code;
    }
}
