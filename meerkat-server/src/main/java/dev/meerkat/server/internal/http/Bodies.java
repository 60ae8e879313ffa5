package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.ReceiveMemory;
import dev.meerkat.server.internal.calls.Ticker;

/**
 * How much of bodies a listener takes.
 *
 * @param limit of one, in bytes
 * @param memory what all that are being received take
 * @param ticker counts the seconds in which one must be there
 * @param bounds says how many
 */
public record Bodies(int limit, ReceiveMemory memory, Ticker ticker, HttpBounds bounds) {
    /** Of a listener. */
    public static Bodies of(int limit, Ticker ticker, HttpBounds bounds) {
        return of(limit, limit, ticker, bounds);
    }

    /**
     * Of a listener, some of whose routes take larger ones.
     *
     * @param limit of one, in bytes, unless its route has another one
     * @param largest of any route, in bytes
     */
    public static Bodies of(int limit, int largest, Ticker ticker, HttpBounds bounds) {
        return new Bodies(limit, new ReceiveMemory(Math.max(limit, largest)), ticker, bounds);
    }

    /** With another limit, in the same memory. */
    public Bodies withLimit(int bytes) {
        return new Bodies(bytes, memory, ticker, bounds);
    }
}
