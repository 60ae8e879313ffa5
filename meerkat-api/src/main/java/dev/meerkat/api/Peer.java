package dev.meerkat.api;

import java.util.List;
import java.util.Set;

/**
 * A session that another one trusts and may address; an entry of {@code comms/peers} on the wire.
 *
 * @param id the peer's id
 * @param name its comms name
 * @param transport how it is reached, such as {@code inproc}
 * @param endpoint where it is reached, in the transport's own form
 * @param sendableKinds the kinds of command that it takes, in wire form
 * @param meta what it tells of itself
 */
public record Peer(PeerId id, String name, String transport, String endpoint, Set<String> sendableKinds, PeerMeta meta)
        implements HasJson {
    private static final int SHOWN = 10;

    /** Checks and copies. */
    public Peer {
        Check.notNull(id, "peer_id");
        Check.notNull(name, "name");
        Check.notNull(transport, "transport");
        Check.notNull(endpoint, "endpoint");
        sendableKinds = Set.copyOf(Check.notNull(sendableKinds, "sendable_kinds"));
        Check.notNull(meta, "meta");
    }

    /** The first names, for an error message of bounded length. */
    static String names(List<Peer> peers) {
        String shown = peers.stream().limit(SHOWN).map(Peer::name).toList().toString();
        return peers.size() > SHOWN ? shown + " and " + (peers.size() - SHOWN) + " more" : shown;
    }
}
