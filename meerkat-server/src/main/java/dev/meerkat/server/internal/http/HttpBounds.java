package dev.meerkat.server.internal.http;

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
public record HttpBounds(
        int heartbeatSeconds,
        int stalledSeconds,
        int idleSeconds,
        int bodySeconds,
        int bodyBytesPerSecond,
        int headerBytes,
        int uriChars,
        int heldBytes,
        int endedRequests) {

    public static HttpBounds defaults() {
        return new HttpBounds(15, 60, 30, 10, 16 << 10, 16 << 10, 4 << 10, 16 << 10, 1_024);
    }
}
