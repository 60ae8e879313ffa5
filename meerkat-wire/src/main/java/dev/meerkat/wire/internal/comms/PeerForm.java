package dev.meerkat.wire.internal.comms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A peer, a row of {@code comms/peers}. */
public final class PeerForm {
    /** Of all kinds that a peer takes, those that the wire lists. */
    private static final List<String> SENDABLE = List.of("peer_message", "peer_request", "peer_response");

    private static final String INPROC = "inproc";

    private PeerForm() {}

    /** As a line has it. */
    public static ObjectNode write(Peer peer, ContractLine line) {
        boolean local = peer.transport().equals(INPROC);
        ObjectNode row = WireJson.object();
        row.put("peer_id", peer.id().toString());
        row.put("name", peer.name());
        row.putObject("address")
                .put("transport", peer.transport())
                .put("endpoint", local ? peer.name() : peer.endpoint());
        row.put("source", local ? INPROC : "trusted");
        ArrayNode kinds = row.putArray("sendable_kinds");
        SENDABLE.stream().filter(peer.sendableKinds()::contains).forEach(kinds::add);
        row.putObject("capabilities").put("version", 1).putObject("extensions");
        if (line.tellsReachability()) {
            row.put("reachability", "reachable").putNull("last_unreachable_reason");
        }
        ObjectNode meta = row.putObject("meta");
        if (!peer.meta().description().isEmpty()) {
            meta.put("description", peer.meta().description());
        }
        WireFields.addLabels(meta, peer.meta().labels());
        return row;
    }

    /** Reads a row of any line; an address may be a text, too. */
    public static Peer read(JsonNode row) {
        JsonNode address = row.path("address");
        String transport = WireFields.optionalText(address, "transport").orElse("");
        String endpoint = WireFields.optionalText(address, "endpoint").orElse("");
        if (address.isTextual()) {
            String text = address.textValue();
            int scheme = text.indexOf("://");
            transport = scheme < 0 ? "" : text.substring(0, scheme);
            endpoint = scheme < 0 ? text : text.substring(scheme + 3);
        }
        Set<String> kinds = new HashSet<>();
        row.path("sendable_kinds").forEach(kind -> {
            if (kind.isTextual()) {
                kinds.add(kind.textValue());
            }
        });
        return new Peer(
                PeerId.of(WireFields.text(row, "peer_id")),
                WireFields.text(row, "name"),
                transport,
                endpoint,
                kinds,
                meta(row.path("meta")));
    }

    /** What a peer says of itself is not needed to reach it, so what is over the limits is left out. */
    private static PeerMeta meta(JsonNode meta) {
        try {
            return new PeerMeta(
                    WireFields.optionalText(meta, "description").orElse(""), WireFields.texts(meta.path("labels")));
        } catch (InvalidFieldException e) {
            return PeerMeta.NONE;
        }
    }
}
