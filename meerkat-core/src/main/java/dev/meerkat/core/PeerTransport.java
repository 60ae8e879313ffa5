package dev.meerkat.core;

import dev.meerkat.api.Delivery;
import dev.meerkat.core.store.Envelope;
import java.util.concurrent.CompletionStage;

/**
 * Carries envelopes between sessions. It may lose, delay or repeat them: the receiver takes each
 * envelope once, and a committed outbox is sent again until it is acknowledged. Thread-safe.
 */
@FunctionalInterface
public interface PeerTransport {
    /**
     * Carries one envelope.
     *
     * @param envelope the envelope
     * @param receiver admits envelopes at the receiving end
     * @return completes with what the receiver said; exceptionally with a {@link
     *     dev.meerkat.api.NotDoneException} if it surely was not admitted, else with anything else
     */
    CompletionStage<Delivery> deliver(Envelope envelope, Receiver receiver);

    /**
     * The transport within one runtime.
     *
     * @return hands each envelope to its receiver at once
     */
    static PeerTransport direct() {
        return (envelope, receiver) -> receiver.receive(envelope);
    }

    /** The receiving end. */
    @FunctionalInterface
    interface Receiver {
        /**
         * Admits an envelope.
         *
         * @param envelope the envelope
         * @return completes as {@link PeerTransport#deliver} does
         */
        CompletionStage<Delivery> receive(Envelope envelope);
    }
}
