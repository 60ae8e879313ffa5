package dev.meerkat.server;

import dev.meerkat.api.InvalidFieldException;

/**
 * How much a server takes in, at most. What is over a limit is refused with a typed error or ends the connection, and
 * never fills the memory.
 *
 * @param messageBytes of one line or one body
 * @param connections of one listener at one time
 * @param pendingCalls of all connections that wait for an answer at one time
 * @param streams of events that are open at one time
 * @param bufferedEvents of one stream that wait for its reader
 */
public record ServerLimits(int messageBytes, int connections, int pendingCalls, int streams, int bufferedEvents) {

    /** Checks that all are positive. */
    public ServerLimits {
        positive(messageBytes, "message_bytes");
        positive(connections, "connections");
        positive(pendingCalls, "pending_calls");
        positive(streams, "streams");
        positive(bufferedEvents, "buffered_events");
    }

    /**
     * {@return the defaults: 8 MiB, 16,384 connections (128 of TCP, which take a thread each), 1,024 calls, 16,384
     * streams, 256 events}
     */
    public static ServerLimits defaults() {
        return new ServerLimits(8 << 20, 16_384, 1_024, 16_384, 256);
    }

    /**
     * With another size of messages.
     *
     * @param messageBytes of one line or one body
     * @return changed limits
     */
    public ServerLimits withMessageBytes(int messageBytes) {
        return new ServerLimits(messageBytes, connections, pendingCalls, streams, bufferedEvents);
    }

    /**
     * With another number of connections.
     *
     * @param connections of one listener at one time
     * @return changed limits
     */
    public ServerLimits withConnections(int connections) {
        return new ServerLimits(messageBytes, connections, pendingCalls, streams, bufferedEvents);
    }

    /**
     * With another number of calls.
     *
     * @param pendingCalls that wait for an answer at one time
     * @return changed limits
     */
    public ServerLimits withPendingCalls(int pendingCalls) {
        return new ServerLimits(messageBytes, connections, pendingCalls, streams, bufferedEvents);
    }

    /**
     * With another number of streams.
     *
     * @param streams that are open at one time
     * @return changed limits
     */
    public ServerLimits withStreams(int streams) {
        return new ServerLimits(messageBytes, connections, pendingCalls, streams, bufferedEvents);
    }

    /**
     * With another buffer for each stream.
     *
     * @param bufferedEvents of one stream that wait for its reader
     * @return changed limits
     */
    public ServerLimits withBufferedEvents(int bufferedEvents) {
        return new ServerLimits(messageBytes, connections, pendingCalls, streams, bufferedEvents);
    }

    private static void positive(int value, String name) {
        if (value < 1) {
            throw new InvalidFieldException(name, Integer.toString(value), "must be at least 1");
        }
    }
}
