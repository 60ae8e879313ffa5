package dev.meerkat.api;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a session tells its peers about itself; {@code peer_meta} on the wire.
 *
 * @param description for people and models, may be empty
 * @param labels at most {@link Limits#LABELS_BYTES} in all
 */
public record PeerMeta(String description, Map<String, String> labels) {
    /** Before an intent, as the name of the label that tells of it. */
    public static final String INTENT_LABEL = "intent.";

    /** Nothing told. */
    public static final PeerMeta NONE = new PeerMeta("", Map.of());

    /** Checks and copies. */
    public PeerMeta {
        Check.wellFormed(description, "peer_meta.description", Limits.LABELS_BYTES);
        labels = Check.labels(labels, "peer_meta.labels");
    }

    /**
     * What the labels tell of intents that the session can be asked for.
     *
     * @return by intent, in the order of their names: usually an object with {@code description} and the JSON Schemas
     *     {@code params} and {@code result}, as far as told; a label that is no JSON is a string
     */
    public Map<String, Json> intents() {
        Map<String, Json> told = new TreeMap<>();
        labels.forEach((label, value) -> {
            if (label.startsWith(INTENT_LABEL)) {
                told.put(label.substring(INTENT_LABEL.length()), intent(value));
            }
        });
        return told;
    }

    private static Json intent(String value) {
        try {
            return Json.parse(value);
        } catch (InvalidFieldException e) {
            return Json.of(value);
        }
    }
}
