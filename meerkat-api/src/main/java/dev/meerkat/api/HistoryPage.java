package dev.meerkat.api;

import java.util.List;

/**
 * A page of a session's transcript, oldest first.
 *
 * @param entries the page
 * @param offset how many entries stand before it, also where they were removed: more than was asked for then
 * @param messageCount how many entries there are in all
 */
public record HistoryPage(List<TranscriptEntry> entries, long offset, long messageCount) implements HasJson {
    /** Checks and copies. */
    public HistoryPage {
        entries = Check.list(entries, "entries");
    }

    /** {@return whether there are entries after this page} */
    public boolean hasMore() {
        return offset + entries.size() < messageCount;
    }
}
