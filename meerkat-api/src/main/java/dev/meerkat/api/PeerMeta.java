package dev.meerkat.api;

import java.util.Map;

/**
 * What a session tells its peers about itself; {@code peer_meta} on the wire.
 *
 * @param description for people and models, may be empty
 * @param labels at most {@link Limits#LABELS_BYTES} in all
 */
public record PeerMeta(String description, Map<String, String> labels) {
    /** Nothing told. */
    public static final PeerMeta NONE = new PeerMeta("", Map.of());

    /** Checks and copies. */
    public PeerMeta {
        Check.wellFormed(description, "peer_meta.description", Limits.LABELS_BYTES);
        labels = Check.labels(labels, "peer_meta.labels");
    }
}
