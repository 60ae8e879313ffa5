package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Receipt;
import dev.meerkat.json.internal.WireJson;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes receipts and peers. Official clients refuse a receipt with any other field. */
public final class ReceiptWriter {
    /** Of all kinds that a peer takes, those that the wire lists. */
    private static final List<String> SENDABLE = List.of("peer_message", "peer_request", "peer_response");

    private final Dialect dialect;

    /** In a dialect. */
    public ReceiptWriter(Dialect dialect) {
        this.dialect = dialect;
    }

    /** A receipt. */
    public ObjectNode receipt(Receipt receipt, boolean reserved) {
        if (receipt instanceof Receipt.InputAccepted input) {
            return kind("input_accepted")
                    .put("interaction_id", input.inputId().toString())
                    .put("stream_reserved", reserved);
        }
        if (receipt instanceof Receipt.PeerMessageSent message) {
            return peer("peer_message_sent", message.envelopeId(), receipt);
        }
        if (receipt instanceof Receipt.PeerRequestSent request) {
            return peer("peer_request_sent", request.envelopeId(), receipt)
                    .put("interaction_id", request.envelopeId().toString())
                    .put("request_id", request.requestId().toString())
                    .put("stream_reserved", reserved);
        }
        if (receipt instanceof Receipt.PeerResponseSent response) {
            return peer("peer_response_sent", response.envelopeId(), receipt)
                    .put("in_reply_to", response.inReplyTo().toString());
        }
        return peer("peer_lifecycle_sent", ((Receipt.PeerLifecycleSent) receipt).envelopeId(), receipt);
    }

    private ObjectNode peer(String kind, EnvelopeId envelope, Receipt receipt) {
        ObjectNode written = kind(kind).put("envelope_id", envelope.toString());
        dialect.addDelivery(written, kind, receipt.delivery());
        return written;
    }

    private static ObjectNode kind(String kind) {
        return WireJson.object().put("kind", kind);
    }

    /** The answer of {@code comms/peers}. */
    public ObjectNode peers(List<Peer> peers) {
        ObjectNode answer = WireJson.object();
        ArrayNode rows = answer.putArray("peers");
        peers.forEach(peer -> rows.add(peer(peer)));
        return answer;
    }

    private ObjectNode peer(Peer peer) {
        boolean local = peer.transport().equals("inproc");
        ObjectNode row = WireJson.object();
        row.put("peer_id", peer.id().toString());
        row.put("name", peer.name());
        row.putObject("address")
                .put("transport", peer.transport())
                .put("endpoint", local ? peer.name() : peer.endpoint());
        row.put("source", local ? "inproc" : "trusted");
        ArrayNode kinds = row.putArray("sendable_kinds");
        SENDABLE.stream().filter(peer.sendableKinds()::contains).forEach(kinds::add);
        row.putObject("capabilities").put("version", 1).putObject("extensions");
        dialect.addReachability(row);
        ObjectNode meta = row.putObject("meta");
        if (!peer.meta().description().isEmpty()) {
            meta.put("description", peer.meta().description());
        }
        addLabels(meta, peer.meta().labels());
        return row;
    }

    /** Labels in the order of their keys, left out when there are none. */
    static void addLabels(ObjectNode row, Map<String, String> labels) {
        if (!labels.isEmpty()) {
            ObjectNode written = row.putObject("labels");
            new TreeMap<>(labels).forEach(written::put);
        }
    }
}
