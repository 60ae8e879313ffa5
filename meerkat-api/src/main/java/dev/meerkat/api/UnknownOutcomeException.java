package dev.meerkat.api;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The work may or may not have been done; {@code send_ambiguous} on the wire.
 *
 * <p>Never send again blindly: ask {@link Session#inputStatus} of the receiver for the id that this
 * carries first, or read the history where it carries none.
 */
public non-sealed class UnknownOutcomeException extends MeerkatException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "send_ambiguous";

    /** The id to reconcile by, null where there is none. */
    private final @Nullable UUID id;

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
     * An unknown outcome of work that has no id yet, such as a call that a server never answered.
     *
     * @param code the stable code of this case
     * @param message what is unknown and why
     * @param cause what it came from, or null
     */
    public UnknownOutcomeException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
        this.id = null;
    }

    /**
     * The id that the input has if it was admitted.
     *
     * @return the input's or envelope's id; empty where none is known, so that only reading the history
     *     tells
     */
    public Optional<UUID> id() {
        return Optional.ofNullable(id);
    }
}
