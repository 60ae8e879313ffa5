package dev.meerkat.server.internal.calls;

import dev.meerkat.api.SessionId;

/** A session's events on their way to one reader. It reads no faster than the reader takes. Thread-safe. */
public interface Tap extends AutoCloseable {
    /** The session. */
    SessionId session();

    /** Begins to tell events, or goes on after the sink refused one. Never blocks. */
    void resume();

    /** Ends it; the sink hears nothing more once this returned, except what it is hearing. Idempotent. */
    @Override
    void close();
}
