package dev.meerkat.api;

import java.util.List;

/**
 * A page of live sessions in order of creation; archived ones are not listed.
 *
 * @param sessions the page
 * @param hasMore whether there are sessions after it
 */
public record SessionPage(List<SessionSnapshot> sessions, boolean hasMore) implements HasJson {
    /** Checks and copies. */
    public SessionPage {
        sessions = Check.list(sessions, "sessions");
    }
}
