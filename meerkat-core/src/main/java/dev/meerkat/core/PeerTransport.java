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
     * Connects a runtime that is being opened. Nothing is sent before this returns.
     *
     * @param receiver admits what arrives for sessions of the runtime; to be called by any thread
     * @return carries what sessions of the runtime send
     */
    Sender open(Receiver receiver);

    /** {@return the transport within one runtime, which hands each envelope to its receiver at once} */
    static PeerTransport direct() {
        return receiver -> receiver::receive;
    }

    /** The sending end. Thread-safe. */
    @FunctionalInterface
    interface Sender {
        /**
         * Carries one envelope.
         *
         * @param envelope the envelope
         * @return completes with what the receiver said; exceptionally with a {@link
         *     dev.meerkat.api.NotDoneException} if it surely was not admitted, else with anything else
         */
        CompletionStage<Delivery> deliver(Envelope envelope);
    }

    /** The receiving end. Thread-safe. */
    @FunctionalInterface
    interface Receiver {
        /**
         * Admits an envelope.
         *
         * @param envelope the envelope
         * @return completes as {@link Sender#deliver} does
         */
        CompletionStage<Delivery> receive(Envelope envelope);
    }
}
