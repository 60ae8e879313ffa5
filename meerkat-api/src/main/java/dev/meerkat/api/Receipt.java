package dev.meerkat.api;

/** Proof that a command was admitted, typed by the command; the result of {@code comms/send} on the wire. */
public sealed interface Receipt {

    /**
     * How much is proved.
     *
     * @return never null
     */
    Delivery delivery();

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
    record PeerMessageSent(EnvelopeId envelopeId, Delivery delivery) implements Receipt {}

    /**
     * Of a {@link CommsCommand.PeerLifecycle}; {@code peer_lifecycle_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param delivery how much is proved
     */
    record PeerLifecycleSent(EnvelopeId envelopeId, Delivery delivery) implements Receipt {}

    /**
     * Of a {@link CommsCommand.PeerRequest}; {@code peer_request_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param requestId what the response will refer to
     * @param delivery how much is proved
     */
    record PeerRequestSent(EnvelopeId envelopeId, RequestId requestId, Delivery delivery) implements Receipt {}

    /**
     * Of a {@link CommsCommand.PeerResponse}; {@code peer_response_sent} on the wire.
     *
     * @param envelopeId the envelope's id
     * @param inReplyTo the request that it answers
     * @param delivery how much is proved
     */
    record PeerResponseSent(EnvelopeId envelopeId, RequestId inReplyTo, Delivery delivery) implements Receipt {}
}
