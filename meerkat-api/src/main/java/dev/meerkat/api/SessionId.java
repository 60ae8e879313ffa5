package dev.meerkat.api;

import java.io.Serializable;
import java.util.UUID;

/**
 * Identity of a session; {@code session_id} on the wire.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record SessionId(UUID value) implements Comparable<SessionId>, Serializable {

    /** Checks the value. */
    public SessionId {
        Check.notNull(value, "session_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static SessionId of(String text) {
        return new SessionId(Check.uuid(text, "session_id"));
    }

    @Override
    public int compareTo(SessionId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
