package dev.meerkat.api;

import java.util.HashMap;
import java.util.Map;

/**
 * Which sessions to list; the params of {@code session/list} on the wire.
 *
 * @param labels labels that a session must have, all of them; empty for every session
 * @param archived whether to list the archived sessions instead of the live ones
 * @param offset how many to pass over, at least 0
 * @param limit how many to return, from 1 to {@link Limits#PAGE_ROWS}
 */
public record SessionQuery(Map<String, String> labels, boolean archived, int offset, int limit) {
    private static final int DEFAULT_LIMIT = 100;

    /** Checks and copies. */
    public SessionQuery {
        labels = Check.labels(labels, "labels");
        Check.range(offset, "offset", 0, Integer.MAX_VALUE);
        Check.range(limit, "limit", 1, Limits.PAGE_ROWS);
    }

    /** {@return a query for the first hundred live sessions} */
    public static SessionQuery all() {
        return new SessionQuery(Map.of(), false, 0, DEFAULT_LIMIT);
    }

    /**
     * Only sessions with a label.
     *
     * @param key the label's key
     * @param value its value
     * @return a changed copy
     */
    public SessionQuery withLabel(String key, String value) {
        Map<String, String> more = new HashMap<>(labels);
        more.put(key, value);
        return new SessionQuery(more, archived, offset, limit);
    }

    /**
     * {@return a copy for the archived sessions instead of the live ones} Needs {@link
     * Capabilities.Capability#DELETION}.
     */
    public SessionQuery ofArchived() {
        return new SessionQuery(labels, true, offset, limit);
    }

    /**
     * Another page.
     *
     * @param offset how many to pass over
     * @param limit how many to return
     * @return a changed copy
     */
    public SessionQuery page(int offset, int limit) {
        return new SessionQuery(labels, archived, offset, limit);
    }
}
