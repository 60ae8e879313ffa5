package dev.meerkat.client.internal;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.ServerCalls;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What all parts of one client share.
 *
 * @param calls the server
 * @param timeouts how long to wait
 * @param limits how much to take in
 * @param wakeAfterEvents whether a waking input follows each external event
 * @param clock monotonic nanoseconds
 * @param random for jitter
 * @param closing whether the client was closed
 */
record RemoteContext(
        ServerCalls calls,
        ClientTimeouts timeouts,
        ClientLimits limits,
        boolean wakeAfterEvents,
        LongSupplier clock,
        RandomGenerator random,
        Closing closing) {

    void checkOpen() {
        if (closing.isClosed()) {
            throw new MeerkatClosedException("the client is closed");
        }
    }
}
