package dev.meerkat.core.internal.session;

import dev.meerkat.api.Cursor;

/** What a turn has said so far, for readers that come late: its newest part. Guarded by the monitor of its {@link SessionState}. */
final class Speech {
    /** Most characters that a late reader gets. */
    private static final int KEPT = 64 << 10;

    private final StringBuilder text = new StringBuilder();
    /** The end of the log when it began to speak. */
    private Cursor begun = Cursor.START;

    void add(String delta, Cursor last) {
        begun = isEmpty() ? last : begun;
        text.append(delta);
        if (text.length() > 2 * KEPT) {
            text.delete(0, text.length() - KEPT);
        }
    }

    boolean isEmpty() {
        return text.length() == 0;
    }

    /** Whether a reader that goes on after a cursor can have heard nothing of it. */
    boolean isNewAfter(Cursor after) {
        return !isEmpty() && after.compareTo(begun) < 0;
    }

    String newest() {
        int from = Math.max(0, text.length() - KEPT);
        // Not in the middle of a character.
        boolean half = from > 0 && Character.isLowSurrogate(text.charAt(from));
        return text.substring(half ? from + 1 : from);
    }
}
