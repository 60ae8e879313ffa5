package dev.meerkat.client.internal.calls;

import dev.meerkat.client.internal.wire.ReadEvent;

/** Takes what a live feed brings. Called by one thread at a time; must not block. */
public interface FeedSink {
    /** An event. */
    void event(ReadEvent event);

    /** The server left events out of the feed; how many, 0 if not known. */
    void dropped(long count);

    /**
     * The feed is over: the connection was lost, or else the server ended it, because the session is
     * archived or was unloaded. Called once, last.
     */
    void ended(boolean lost);
}
