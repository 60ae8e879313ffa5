package dev.meerkat.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** No peer that this session trusts has that name or id; {@code peer_not_found_or_not_trusted} on the wire. */
public final class PeerNotFoundException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "peer_not_found_or_not_trusted";

    /** What was asked for. */
    private final PeerRef asked;

    /** The peers there are. */
    private final transient @Nullable List<Peer> candidates;

    /**
     * An unknown peer.
     *
     * @param asked what was asked for
     * @param candidates peers that there are, at most some
     */
    public PeerNotFoundException(PeerRef asked, List<Peer> candidates) {
        super(CODE, "to is no trusted peer: " + asked + "; candidates: " + Peer.names(candidates));
        this.asked = asked;
        this.candidates = List.copyOf(candidates);
    }

    /** {@return some of the peers that there are, by name; none after Java serialization} */
    public List<Peer> candidates() {
        return candidates == null ? List.of() : candidates;
    }

    /** {@return what was asked for} */
    public PeerRef asked() {
        return asked;
    }
}
