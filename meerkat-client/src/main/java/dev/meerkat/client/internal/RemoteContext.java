package dev.meerkat.client.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.ServerCalls;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(RemoteContext.class);

    /** Follows an admitted event with an input that wakes its session, if the client is to do that. */
    EventOutcome woken(Session session, ExternalEvent event, EventOutcome outcome) throws InterruptedException {
        if (wakeAfterEvents && outcome instanceof EventOutcome.Accepted) {
            try {
                Receipt.InputAccepted unused =
                        session.send(CommsCommand.Input.of("An external event has arrived: " + event.eventType()));
            } catch (MeerkatException e) {
                // The event is admitted whether this works or not, and the next turn sees it.
                LOG.warn("session {}: an external event was accepted, but could not wake it", session.id(), e);
            }
        }
        return outcome;
    }

    void checkOpen() {
        if (closing.isClosed()) {
            throw new MeerkatClosedException("the client is closed");
        }
    }
}
