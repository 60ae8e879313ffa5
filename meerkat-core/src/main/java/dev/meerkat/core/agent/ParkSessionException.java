package dev.meerkat.core.agent;

import java.util.Objects;

/**
 * Thrown by an agent to park its session: its turn is not ended and not tried again, and no other begins, until
 * somebody calls {@link dev.meerkat.api.Session#unpark}. Then the turn goes on from its last committed step, so an agent
 * that loses nothing by it throws this right after a {@link TurnContext#safePoint}. It survives a restart. Only this
 * exception itself parks, not one that is the cause of another.
 */
public class ParkSessionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The stable code. */
    private final String code;

    /**
     * A reason to park.
     *
     * @param code the stable code, lower-case words joined by underscores
     * @param message why, for people
     */
    public ParkSessionException(String code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** {@return the stable code of the reason} */
    public final String code() {
        return code;
    }
}
