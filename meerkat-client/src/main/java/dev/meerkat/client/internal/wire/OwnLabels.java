package dev.meerkat.client.internal.wire;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionSpec;
import java.util.Map;
import java.util.TreeMap;

/**
 * The labels that this client puts on sessions it creates with a comms name. Servers of reference do not tell a
 * session's comms name, so another client finds it by these; where a server tells, they are read as if it had them.
 */
public final class OwnLabels {
    /** The label that holds the comms name. */
    public static final String COMMS_NAME = "dev.meerkat.comms-name";

    /** The label that is {@code true} for a keep-alive session, and else is absent. */
    public static final String KEEP_ALIVE = "dev.meerkat.keep-alive";

    private OwnLabels() {}

    /** The labels to write: those of the spec and the client's own. */
    static Map<String, String> of(SessionSpec spec) {
        Map<String, String> labels = new TreeMap<>(spec.labels());
        for (String own : new String[] {COMMS_NAME, KEEP_ALIVE}) {
            if (labels.containsKey(own)) {
                throw new InvalidFieldException("labels", own, "has a key that this client keeps for itself");
            }
        }
        spec.commsName().ifPresent(name -> labels.put(COMMS_NAME, name));
        if (spec.keepAlive()) {
            labels.put(KEEP_ALIVE, "true");
        }
        return labels;
    }
}
