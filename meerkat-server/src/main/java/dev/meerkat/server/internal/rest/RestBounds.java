package dev.meerkat.server.internal.rest;

/**
 * What a client is given, in seconds and bytes.
 *
 * @param heartbeatSeconds after which a silent stream says that it is alive
 * @param stalledSeconds in which the reader of a stream must take something
 * @param idleSeconds in which a connection must bring a whole request line with its headers
 * @param bodySeconds in which a small body must be there
 * @param bodyBytesPerSecond at which a larger one must come in
 * @param headerBytes of a request's headers
 * @param uriChars of a request's target
 * @param heldBytes of one stream that wait for its reader, beside the event that went over it
 * @param endedRequests whose ids are remembered
 */
record RestBounds(
        int heartbeatSeconds,
        int stalledSeconds,
        int idleSeconds,
        int bodySeconds,
        int bodyBytesPerSecond,
        int headerBytes,
        int uriChars,
        int heldBytes,
        int endedRequests) {

    static RestBounds defaults() {
        return new RestBounds(15, 60, 30, 10, 16 << 10, 16 << 10, 4 << 10, 16 << 10, 1_024);
    }
}
