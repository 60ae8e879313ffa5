package dev.meerkat.api;

import java.util.function.Function;

/** Proof that a command was admitted, typed by the command; the result of {@code comms/send} on the wire. */
public sealed interface Receipt extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code peer_message_sent}} A getter, so that libraries
     * that write beans tell it too.
     */
    default String getType() {
        return TypeName.of(this);
    }

    /** {@return how much is proved} */
    Delivery delivery();

    /**
     * Makes something of the receipt, by its kind. A new kind is a new parameter, so the compiler finds each caller.
     *
     * @param <T> what is made
     * @param input of an {@link InputAccepted}
     * @param message of a {@link PeerMessageSent}
     * @param lifecycle of a {@link PeerLifecycleSent}
     * @param request of a {@link PeerRequestSent}
     * @param response of a {@link PeerResponseSent}
     * @return what the function for its kind returns
     */
    default <T> T match(
            Function<InputAccepted, T> input,
            Function<PeerMessageSent, T> message,
            Function<PeerLifecycleSent, T> lifecycle,
            Function<PeerRequestSent, T> request,
            Function<PeerResponseSent, T> response) {
        if (this instanceof InputAccepted it) {
            return input.apply(it);
        }
        if (this instanceof PeerMessageSent it) {
            return message.apply(it);
        }
        if (this instanceof PeerLifecycleSent it) {
            return lifecycle.apply(it);
        }
        if (this instanceof PeerRequestSent it) {
            return request.apply(it);
        }
        return response.apply((PeerResponseSent) this);
    }

    /** Marks the receipts of what went to a peer. */
    sealed interface Sent extends Receipt {
        /** {@return the id of the envelope in which it went} */
        EnvelopeId envelopeId();
    }

    /**
     * Of a {@link CommsCommand.Input}; {@code input_accepted} on the wire.
     *
     * @param inputId the input's id, {@code interaction_id} on the wire
     * @param delivery how much is proved
     */
    record InputAccepted(InputId inputId, Delivery delivery) implements Receipt {}

    /**
     * Of a {@link CommsCommand.PeerMessage}; {@code peer_message_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param delivery how much is proved
     */
    record PeerMessageSent(EnvelopeId envelopeId, Delivery delivery) implements Sent {}

    /**
     * Of a {@link CommsCommand.PeerLifecycle}; {@code peer_lifecycle_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param delivery how much is proved
     */
    record PeerLifecycleSent(EnvelopeId envelopeId, Delivery delivery) implements Sent {}

    /**
     * Of a {@link CommsCommand.PeerRequest}; {@code peer_request_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param requestId what the response will refer to
     * @param delivery how much is proved
     */
    record PeerRequestSent(EnvelopeId envelopeId, RequestId requestId, Delivery delivery) implements Sent {}

    /**
     * Of a {@link CommsCommand.PeerResponse}; {@code peer_response_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param inReplyTo the request that it answers
     * @param delivery how much is proved
     */
    record PeerResponseSent(EnvelopeId envelopeId, RequestId inReplyTo, Delivery delivery) implements Sent {}
}
