package dev.meerkat.client.internal;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.Calls;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * @param closed whether the client was closed
 */
record RemoteContext(
        Calls calls,
        ClientTimeouts timeouts,
        ClientLimits limits,
        boolean wakeAfterEvents,
        LongSupplier clock,
        RandomGenerator random,
        AtomicBoolean closed) {

    void checkOpen() {
        if (closed.get()) {
            throw new MeerkatClosedException("the client is closed");
        }
    }
}
