package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;

/** An event that gets its cursor from the store when it is committed. */
@FunctionalInterface
public interface EventDraft {
    /**
     * The event at its place.
     *
     * @param cursor its place in the session's log
     * @return the event; its {@code cursor()} is that one
     */
    SessionEvent at(Cursor cursor);
}
