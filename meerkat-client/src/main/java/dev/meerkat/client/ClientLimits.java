package dev.meerkat.client;

import dev.meerkat.api.InvalidFieldException;

/**
 * How much a client takes in, at most. What is over a limit ends the call or the connection with a
 * typed error, and never fills the memory.
 *
 * @param messageBytes of one line, one body or one server-sent event
 * @param pendingCalls that wait for an answer at one time
 * @param streams that are open at one time; over REST, each takes one thread
 * @param bufferedEvents of one stream that wait for its reader
 * @param stderrBytes of a child process's newest standard error that are kept for error messages
 */
public record ClientLimits(int messageBytes, int pendingCalls, int streams, int bufferedEvents, int stderrBytes) {

    /** Checks that all are positive. */
    public ClientLimits {
        positive(messageBytes, "message_bytes");
        positive(pendingCalls, "pending_calls");
        positive(streams, "streams");
        positive(bufferedEvents, "buffered_events");
        positive(stderrBytes, "stderr_bytes");
    }

    /** {@return the defaults: 32 MiB, 256 calls, 64 streams, 1024 events, 16 KiB} */
    public static ClientLimits defaults() {
        return new ClientLimits(32 << 20, 256, 64, 1024, 16 << 10);
    }

    /**
     * With another size of messages.
     *
     * @param messageBytes of one line, one body or one server-sent event
     * @return changed limits
     */
    public ClientLimits withMessageBytes(int messageBytes) {
        return new ClientLimits(messageBytes, pendingCalls, streams, bufferedEvents, stderrBytes);
    }

    /**
     * With another number of calls.
     *
     * @param pendingCalls that wait for an answer at one time
     * @return changed limits
     */
    public ClientLimits withPendingCalls(int pendingCalls) {
        return new ClientLimits(messageBytes, pendingCalls, streams, bufferedEvents, stderrBytes);
    }

    /**
     * With another number of streams.
     *
     * @param streams that are open at one time
     * @return changed limits
     */
    public ClientLimits withStreams(int streams) {
        return new ClientLimits(messageBytes, pendingCalls, streams, bufferedEvents, stderrBytes);
    }

    /**
     * With another buffer for each stream.
     *
     * @param bufferedEvents of one stream that wait for its reader
     * @return changed limits
     */
    public ClientLimits withBufferedEvents(int bufferedEvents) {
        return new ClientLimits(messageBytes, pendingCalls, streams, bufferedEvents, stderrBytes);
    }

    private static void positive(int value, String name) {
        if (value < 1) {
            throw new InvalidFieldException(name, Integer.toString(value), "must be at least 1");
        }
    }
}
