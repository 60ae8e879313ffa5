package dev.meerkat.server.internal.calls;

import dev.meerkat.api.SessionId;
import java.util.OptionalLong;

/** A session's events on their way to one reader. It reads no faster than the reader takes. Thread-safe. */
public interface EventSubscription extends AutoCloseable {
    /** The session. */
    SessionId session();

    /** How many entries its transcript had when this was opened. */
    long messages();

    /** The sequence after which it begins; empty if the session's Meerkat does not tell where its log ends. */
    OptionalLong begin();

    /** Begins to tell events, or goes on after the sink refused one. Never blocks. */
    void resume();

    /** Ends it; the sink hears nothing more once this returned, except what it is hearing. Idempotent. */
    @Override
    void close();
}
