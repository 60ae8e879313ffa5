package dev.meerkat.api;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The work may or may not have been done; {@code send_ambiguous} on the wire.
 *
 * <p>Never send again blindly: ask {@link Session#inputStatus} of the receiver for the id that this
 * carries first.
 */
public non-sealed class UnknownOutcomeException extends MeerkatException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "send_ambiguous";

    /** The id to reconcile by. */
    private final UUID id;

    /**
     * An unknown outcome.
     *
     * @param id the input's or envelope's id, to reconcile by
     * @param message what is unknown and why
     * @param cause what it came from, or null
     */
    public UnknownOutcomeException(UUID id, String message, @Nullable Throwable cause) {
        super(CODE, message + " (reconcile by id " + id + " before sending again)", cause);
        this.id = id;
    }

    /**
     * The id that the input has if it was admitted.
     *
     * @return the input's or envelope's id
     */
    public UUID id() {
        return id;
    }
}
