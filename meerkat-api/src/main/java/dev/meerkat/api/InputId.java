package dev.meerkat.api;

import java.io.Serializable;
import java.util.UUID;

/**
 * Identity of one admitted input; {@code input_id} or {@code interaction_id} on the wire.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record InputId(UUID value) implements Comparable<InputId>, Serializable {

    /** Stands for the id of an input that a remote server does not tell; never the id of one. */
    public static final InputId UNKNOWN = new InputId(new UUID(0, 0));

    /** Checks the value. */
    public InputId {
        Check.notNull(value, "input_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static InputId of(String text) {
        return new InputId(Check.uuid(text, "input_id"));
    }

    @Override
    public int compareTo(InputId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
