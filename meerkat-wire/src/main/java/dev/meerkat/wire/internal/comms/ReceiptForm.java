package dev.meerkat.wire.internal.comms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;

/** The receipt of a command, the result of {@code comms/send}. Official clients refuse one with any other field. */
public final class ReceiptForm {
    private static final String KIND = "kind";
    private static final String INTERACTION = "interaction_id";
    private static final String ENVELOPE = "envelope_id";
    private static final String REQUEST = "request_id";
    private static final String ANSWERED = "in_reply_to";
    private static final String RESERVED = "stream_reserved";
    private static final String DELIVERY = "delivery";

    private ReceiptForm() {}

    /** As a line has it; reserved: whether a stream is reserved for the interaction. */
    public static ObjectNode write(Receipt receipt, boolean reserved, ContractLine line) {
        ObjectNode to = WireJson.object().put(KIND, receipt.getType());
        if (receipt instanceof Receipt.Sent sent) {
            to.put(ENVELOPE, sent.envelopeId().toString());
            addDelivery(to, sent, line);
        }
        return receipt.match(
                input -> to.put(INTERACTION, input.inputId().toString()).put(RESERVED, reserved),
                message -> to,
                lifecycle -> to,
                request -> to.put(INTERACTION, request.envelopeId().toString())
                        .put(REQUEST, request.requestId().toString())
                        .put(RESERVED, reserved),
                response -> to.put(ANSWERED, response.inReplyTo().toString()));
    }

    private static void addDelivery(ObjectNode to, Receipt.Sent receipt, ContractLine line) {
        Delivery delivery = receipt.delivery();
        boolean all = line.allReceiptsTellDelivery();
        if (!all && !(receipt instanceof Receipt.PeerMessageSent)) {
            return;
        }
        if (!line.receiptsTellKindOfDelivery()) {
            to.put("acked", delivery instanceof Delivery.Acknowledged);
        } else if (all && delivery instanceof Delivery.Durable durable) {
            to.putObject(DELIVERY)
                    .putObject("durably_resolved")
                    .put("outcome", durable.duplicate() ? "deduplicated" : "accepted");
        } else if (delivery instanceof Delivery.Durable || delivery instanceof Delivery.Acknowledged) {
            // The most that the older lines can say is that the receiver has confirmed.
            to.put(DELIVERY, "acked");
        } else if (delivery instanceof Delivery.HandedOff) {
            to.put(DELIVERY, all ? "volatile_handed_off" : "handed_off");
        } else {
            to.put(DELIVERY, "queued");
        }
    }

    /**
     * Reads the receipt of a command, of any line.
     *
     * @throws InvalidFieldException if it is not the receipt of that command
     * @throws NotDoneException if it says that the peer has rejected the command
     */
    @SuppressWarnings("unchecked") // which receipt is read is decided by the command, whose type names the same
    public static <R extends Receipt> R read(CommsCommand<R> command, JsonNode from) {
        Receipt receipt = command.match(
                input -> new Receipt.InputAccepted(
                        InputId.of(WireFields.text(from, INTERACTION)), new Delivery.Queued()),
                message -> new Receipt.PeerMessageSent(envelope(from), delivery(from)),
                lifecycle -> new Receipt.PeerLifecycleSent(envelope(from), delivery(from)),
                request -> new Receipt.PeerRequestSent(
                        envelope(from), RequestId.of(WireFields.text(from, REQUEST)), delivery(from)),
                response -> new Receipt.PeerResponseSent(
                        envelope(from), RequestId.of(WireFields.text(from, ANSWERED)), delivery(from)));
        String kind = WireFields.text(from, KIND);
        if (!kind.equals(receipt.getType())) {
            throw new InvalidFieldException(KIND, kind, "must be " + receipt.getType());
        }
        return (R) receipt;
    }

    private static EnvelopeId envelope(JsonNode from) {
        return EnvelopeId.of(WireFields.text(from, ENVELOPE));
    }

    private static Delivery delivery(JsonNode from) {
        JsonNode delivery = from.path(DELIVERY);
        if (delivery.isMissingNode() || delivery.isNull()) {
            boolean acknowledged = from.path("acked").asBoolean(false);
            return acknowledged ? new Delivery.Acknowledged() : new Delivery.HandedOff();
        }
        return switch (delivery.asText("")) {
            case "acked" -> new Delivery.Acknowledged();
            case "volatile_handed_off", "handed_off" -> new Delivery.HandedOff();
            case "queued" -> new Delivery.Queued();
            default -> resolved(delivery);
        };
    }

    private static Delivery resolved(JsonNode delivery) {
        return switch (delivery.path("durably_resolved").path("outcome").asText("")) {
            case "accepted" -> new Delivery.Durable(false);
            case "deduplicated" -> new Delivery.Durable(true);
            case "rejected" ->
                throw new NotDoneException("peer_input_rejected", "the peer has rejected the input for good");
            default -> new Delivery.Unrecognized(delivery.isTextual() ? delivery.textValue() : delivery.toString());
        };
    }
}
