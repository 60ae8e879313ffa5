package dev.meerkat.client.internal.calls;

import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.wire.LogPage;

/** The durable log of a server; {@code events/*} on the wire. Thread-safe. */
public interface EventLog {
    /** The position of the newest event, 0 for none. */
    long latest(SessionId session) throws InterruptedException;

    /** The events after a position. */
    LogPage since(SessionId session, long after, int limit) throws InterruptedException;
}
