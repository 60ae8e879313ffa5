package dev.meerkat.api;

import java.io.Serializable;
import java.util.UUID;

/**
 * Identity of a peer: the version 5 UUID of its Ed25519 public key; {@code peer_id} on the wire.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record PeerId(UUID value) implements Comparable<PeerId>, Serializable {

    /** Checks the value. */
    public PeerId {
        Check.notNull(value, "peer_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static PeerId of(String text) {
        return new PeerId(Check.uuid(text, "peer_id"));
    }

    @Override
    public int compareTo(PeerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
