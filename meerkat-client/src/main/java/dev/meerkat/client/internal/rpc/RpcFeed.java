package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of a session's events. Thread-safe. */
final class RpcFeed implements LiveFeed {
    private static final Logger LOG = LoggerFactory.getLogger(RpcFeed.class);

    private static final String TRUNCATED = "stream_truncated";

    private final Feeds feeds;
    private final FeedSink sink;
    /** Held while the sink is called, so that it hears one thing at a time, and nothing after the close. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable String stream;
    private boolean over;
    private long nextSequence = 1;

    RpcFeed(Feeds feeds, FeedSink sink) {
        this.feeds = feeds;
        this.sink = sink;
    }

    /** Gives it its stream, unless nobody wants that any more. */
    boolean name(String stream) {
        lock.lock();
        try {
            this.stream = stream;
            return !over;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it before it has a stream; false if it has one already. */
    boolean fail() {
        lock.lock();
        try {
            boolean early = stream == null && !over;
            over = over || early;
            return early;
        } finally {
            lock.unlock();
        }
    }

    void event(JsonNode params) {
        lock.lock();
        try {
            long sequence = params.path("sequence").asLong(nextSequence);
            if (over || sequence < nextSequence) {
                return;
            }
            ReadEvent event = read(params.path("event"));
            // A notice of what was left out stands for the gap in the sequence.
            if (sequence > nextSequence && (event == null || !event.type().equals(TRUNCATED))) {
                sink.dropped(sequence - nextSequence);
            }
            nextSequence = sequence + 1;
            if (event == null) {
                sink.dropped(1);
            } else {
                sink.event(event);
            }
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable ReadEvent read(JsonNode envelope) {
        try {
            return Answers.envelope(envelope);
        } catch (MeerkatException e) {
            LOG.warn("an event cannot be read: {}", e.getMessage());
            return null;
        }
    }

    void end(boolean lost) {
        lock.lock();
        try {
            if (!over) {
                over = true;
                sink.ended(lost);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        String opened;
        lock.lock();
        try {
            over = true;
            opened = stream;
        } finally {
            lock.unlock();
        }
        if (opened != null) {
            feeds.closed(opened);
        }
    }
}
