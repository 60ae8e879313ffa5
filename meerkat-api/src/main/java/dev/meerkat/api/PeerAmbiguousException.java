package dev.meerkat.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several peers have that name; address one by its {@link PeerId}. */
public final class PeerAmbiguousException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "peer_ambiguous";

    /** What was asked for. */
    private final PeerRef asked;

    /** The peers of that name. */
    private final transient @Nullable List<Peer> candidates;

    /**
     * An ambiguous name.
     *
     * @param asked what was asked for
     * @param candidates the peers of that name
     */
    public PeerAmbiguousException(PeerRef asked, List<Peer> candidates) {
        super(
                CODE,
                "to is ambiguous: " + asked + "; candidates: "
                        + candidates.stream().map(p -> p.name() + " " + p.id()).toList());
        this.asked = asked;
        this.candidates = List.copyOf(candidates);
    }

    /** {@return the peers of that name: two or more; none after Java serialization} */
    public List<Peer> candidates() {
        return candidates == null ? List.of() : candidates;
    }

    /** {@return what was asked for} */
    public PeerRef asked() {
        return asked;
    }
}
