package dev.meerkat.api;

import java.util.UUID;

/**
 * Identity of a peer envelope on its way between two sessions; {@code envelope_id} on the wire. The receiver's input has the same UUID.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record EnvelopeId(UUID value) implements Comparable<EnvelopeId> {

    /** Checks the value. */
    public EnvelopeId {
        Check.notNull(value, "envelope_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static EnvelopeId of(String text) {
        return new EnvelopeId(Check.uuid(text, "envelope_id"));
    }

    @Override
    public int compareTo(EnvelopeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
