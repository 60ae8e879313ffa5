package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What servers answer about sends and peers. */
final class CommsAnswers {
    private CommsAnswers() {}

    /** The cast holds: which receipt is read is decided by the command, whose type names the same. */
    @SuppressWarnings("unchecked")
    static <R extends Receipt> R receipt(CommsCommand<R> command, JsonNode result) {
        return (R) readReceipt(command, result);
    }

    private static Receipt readReceipt(CommsCommand<?> command, JsonNode result) {
        if (command instanceof CommsCommand.Input) {
            checkKind(result, "input_accepted");
            return new Receipt.InputAccepted(Fields.id(result, "interaction_id", InputId::of), new Delivery.Queued());
        }
        if (command instanceof CommsCommand.PeerMessage) {
            checkKind(result, "peer_message_sent");
            return new Receipt.PeerMessageSent(envelope(result), delivery(result));
        }
        if (command instanceof CommsCommand.PeerRequest) {
            checkKind(result, "peer_request_sent");
            return new Receipt.PeerRequestSent(
                    envelope(result), Fields.id(result, "request_id", RequestId::of), delivery(result));
        }
        if (command instanceof CommsCommand.PeerResponse) {
            checkKind(result, "peer_response_sent");
            return new Receipt.PeerResponseSent(
                    envelope(result), Fields.id(result, "in_reply_to", RequestId::of), delivery(result));
        }
        checkKind(result, "peer_lifecycle_sent");
        return new Receipt.PeerLifecycleSent(envelope(result), delivery(result));
    }

    private static void checkKind(JsonNode result, String needed) {
        String kind = Fields.text(result, "kind");
        if (!kind.equals(needed)) {
            throw Fields.invalid("kind", "must be " + needed + " and is " + kind);
        }
    }

    private static EnvelopeId envelope(JsonNode result) {
        return Fields.id(result, "envelope_id", EnvelopeId::of);
    }

    /** The line 0.9 says delivery; 0.6 says at most whether the transport confirmed. */
    private static Delivery delivery(JsonNode result) {
        JsonNode delivery = result.path("delivery");
        if (delivery.isMissingNode() || delivery.isNull()) {
            boolean acknowledged = result.path("acked").asBoolean(false);
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
            default -> new Delivery.Unrecognized(delivery.isTextual() ? delivery.textValue() : delivery.toString());
        };
    }

    static List<Peer> peers(JsonNode result) {
        List<Peer> peers = new ArrayList<>();
        Fields.array(result, "peers").forEach(row -> peers.add(peer(row)));
        return peers;
    }

    private static Peer peer(JsonNode row) {
        JsonNode address = row.path("address");
        String transport = Fields.textOr(address, "transport", "");
        String endpoint = Fields.textOr(address, "endpoint", "");
        if (address.isTextual()) {
            String text = address.textValue();
            int scheme = text.indexOf("://");
            transport = scheme < 0 ? "" : text.substring(0, scheme);
            endpoint = scheme < 0 ? text : text.substring(scheme + 3);
        }
        return new Peer(
                Fields.id(row, "peer_id", PeerId::of),
                Fields.text(row, "name"),
                transport,
                endpoint,
                kinds(row.path("sendable_kinds")),
                meta(row.path("meta")));
    }

    private static Set<String> kinds(JsonNode names) {
        Set<String> kinds = new HashSet<>();
        names.forEach(name -> {
            if (name.isTextual()) {
                kinds.add(name.textValue());
            }
        });
        return kinds;
    }

    /** What a peer says of itself is not needed to reach it, so what is over the limits is left out. */
    private static PeerMeta meta(JsonNode meta) {
        try {
            return new PeerMeta(Fields.textOr(meta, "description", ""), SessionAnswers.texts(meta.path("labels")));
        } catch (InvalidFieldException e) {
            return PeerMeta.NONE;
        }
    }
}
