package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.MinimumRate;

/**
 * What a client is given, in seconds and bytes.
 *
 * @param heartbeatSeconds after which a silent stream says that it is alive
 * @param idleSeconds in which a connection must bring a whole request line with its headers
 * @param body how fast one must come in
 * @param reading how fast what is written must be read
 * @param headerBytes of a request's headers
 * @param uriChars of a request's target
 * @param heldBytes of one stream that wait for its reader, beside the event that went over it
 * @param sendBufferBytes of one connection that the system keeps for a client that does not read
 * @param endedRequests whose ids are remembered
 */
public record HttpBounds(
        int heartbeatSeconds,
        int idleSeconds,
        MinimumRate body,
        MinimumRate reading,
        int headerBytes,
        int uriChars,
        int heldBytes,
        int sendBufferBytes,
        int endedRequests) {

    /** Those of every listener. */
    public static HttpBounds defaults() {
        return new HttpBounds(
                15,
                30,
                MinimumRate.DEFAULT,
                new MinimumRate(60, 16 << 10),
                16 << 10,
                4 << 10,
                16 << 10,
                128 << 10,
                1_024);
    }
}
