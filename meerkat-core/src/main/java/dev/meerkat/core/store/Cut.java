package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;

/**
 * Where the log and the transcript of a session begin, because what was before was removed.
 *
 * @param events the last removed place of the log, {@link Cursor#START} if there is none
 * @param entries how many entries of the transcript were removed
 */
public record Cut(Cursor events, long entries) {
    /** Nothing was removed. */
    public static final Cut NONE = new Cut(Cursor.START, 0);
}
