package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.Rounds;

/**
 * How much of bodies a listener takes.
 *
 * @param limit of one, in bytes
 * @param memory what all that are being received take
 * @param rounds counts the seconds in which one must be there
 * @param bounds says how many
 */
public record Bodies(int limit, BodyMemory memory, Rounds rounds, HttpBounds bounds) {
    /** So many of the largest size fit into the memory at once. */
    private static final int LARGEST = 8;

    /** Of a listener. */
    public static Bodies of(int limit, Rounds rounds, HttpBounds bounds) {
        return new Bodies(limit, new BodyMemory((long) limit * LARGEST), rounds, bounds);
    }
}
