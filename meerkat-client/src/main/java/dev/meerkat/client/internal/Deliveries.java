package dev.meerkat.client.internal;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.Receipt;
import dev.meerkat.client.internal.calls.ServerCalls;

/**
 * What the answers of a server prove. Of what is put into a session's own inbox an answer says no more than that it
 * was taken; whether that is on disk, the server says once for all.
 */
final class Deliveries {
    private final ServerCalls calls;

    Deliveries(ServerCalls calls) {
        this.calls = calls;
    }

    /** The cast holds: an accepted input becomes another one, and all else stays as it is. */
    @SuppressWarnings("unchecked")
    <R extends Receipt> R proven(R receipt) {
        return receipt instanceof Receipt.InputAccepted input && durable(input.delivery())
                ? (R) new Receipt.InputAccepted(input.inputId(), new Delivery.Durable(false))
                : receipt;
    }

    EventOutcome proven(EventOutcome outcome) {
        return outcome instanceof EventOutcome.Accepted accepted && durable(accepted.delivery())
                ? new EventOutcome.Accepted(accepted.inputId(), accepted.position(), new Delivery.Durable(false))
                : outcome;
    }

    private boolean durable(Delivery delivery) {
        return delivery instanceof Delivery.Queued
                && calls.facts().capabilities().has(Capability.DURABLE);
    }
}
