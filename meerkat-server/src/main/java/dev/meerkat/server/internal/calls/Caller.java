package dev.meerkat.server.internal.calls;

import dev.meerkat.api.SessionId;

/**
 * Whom a call came from: a connection, or one request, which has no tools that could serve a session, and to which no events
 * go. Thread-safe.
 */
@FunctionalInterface
public interface Caller {
    /** The surface it came in by. */
    Surface surface();

    /**
     * Told before a session is created, whose first turn may look for its tools before {@link #engaged} names it.
     *
     * @return to be run when that is done, or has failed
     */
    default Runnable creating() {
        return () -> {};
    }

    /**
     * Told, before anything of its first turn is, of each session that this caller created and of each turn that it
     * begins: the tools that it registered serve the session, and copies of the events go to it unless it declined.
     *
     * @param created whether it is new
     * @param copies whether the caller wants {@code session/event} copies of what follows
     */
    default void engaged(SessionId session, boolean created, boolean copies) {}
}
