package dev.meerkat.api;

import java.io.Serializable;
import java.util.UUID;

/**
 * Identity of a peer request, by which its response is correlated; {@code request_id} and {@code in_reply_to} on the wire.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record RequestId(UUID value) implements Comparable<RequestId>, Serializable {

    /** Checks the value. */
    public RequestId {
        Check.notNull(value, "request_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static RequestId of(String text) {
        return new RequestId(Check.uuid(text, "request_id"));
    }

    @Override
    public int compareTo(RequestId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
