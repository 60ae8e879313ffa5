package dev.meerkat.api;

import java.util.UUID;

/**
 * Identity of one turn; {@code run_id} on the wire. It stays the same when a turn is tried again or goes on after a crash.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record TurnId(UUID value) implements Comparable<TurnId> {

    /** Stands for the id of a turn that a remote server does not tell; never the id of one. */
    public static final TurnId UNKNOWN = new TurnId(new UUID(0, 0));

    /** Checks the value. */
    public TurnId {
        Check.notNull(value, "turn_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static TurnId of(String text) {
        return new TurnId(Check.uuid(text, "turn_id"));
    }

    @Override
    public int compareTo(TurnId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
