package dev.meerkat.client;

import dev.meerkat.api.InvalidFieldException;
import java.time.Duration;

/**
 * How long a client waits, at most, for each thing.
 *
 * @param connect for a connection, and for a child process to answer its first call
 * @param call for the answer to a call that runs no turn
 * @param turn for the end of a turn
 * @param streamIdle for the next event of a live stream, before it is opened anew
 */
public record ClientTimeouts(Duration connect, Duration call, Duration turn, Duration streamIdle) {

    /** Checks that all are positive. */
    public ClientTimeouts {
        positive(connect, "connect");
        positive(call, "call");
        positive(turn, "turn");
        positive(streamIdle, "stream_idle");
    }

    /** {@return the defaults: 10 seconds, 30 seconds, 15 minutes, 15 minutes} */
    public static ClientTimeouts defaults() {
        return new ClientTimeouts(
                Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(15), Duration.ofMinutes(15));
    }

    /**
     * With another connect timeout.
     *
     * @param connect for a connection
     * @return changed timeouts
     */
    public ClientTimeouts withConnect(Duration connect) {
        return new ClientTimeouts(connect, call, turn, streamIdle);
    }

    /**
     * With another call timeout.
     *
     * @param call for the answer to a call that runs no turn
     * @return changed timeouts
     */
    public ClientTimeouts withCall(Duration call) {
        return new ClientTimeouts(connect, call, turn, streamIdle);
    }

    /**
     * With another turn timeout.
     *
     * @param turn for the end of a turn
     * @return changed timeouts
     */
    public ClientTimeouts withTurn(Duration turn) {
        return new ClientTimeouts(connect, call, turn, streamIdle);
    }

    /**
     * With another idle timeout of streams.
     *
     * @param streamIdle for the next event of a live stream
     * @return changed timeouts
     */
    public ClientTimeouts withStreamIdle(Duration streamIdle) {
        return new ClientTimeouts(connect, call, turn, streamIdle);
    }

    private static void positive(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            throw new InvalidFieldException(name, value.toString(), "must be positive");
        }
    }
}
