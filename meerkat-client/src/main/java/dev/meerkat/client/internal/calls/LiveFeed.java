package dev.meerkat.client.internal.calls;

/** An open feed of live events. Thread-safe. */
public interface LiveFeed {
    /** Ends it, without waiting for the server; the sink hears nothing more. Idempotent. */
    void close();
}
