package dev.meerkat.client.internal;

import dev.meerkat.client.internal.wire.ReadEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a live feed brought and its reader has not taken yet, up to a bound. Not thread-safe. */
final class FeedQueue {
    private final Predicate<ReadEvent> kept;
    private final int bound;
    private final Deque<FeedItem> items = new ArrayDeque<>();

    /**
     * An empty one.
     *
     * @param kept which events are kept; of others only how far they have come
     * @param bound of kept events
     */
    FeedQueue(Predicate<ReadEvent> kept, int bound) {
        this.kept = kept;
        this.bound = bound;
    }

    void add(ReadEvent event) {
        if (!kept.test(event)) {
            told(event.position());
        } else if (items.size() >= bound) {
            missed(1);
        } else {
            items.add(new FeedItem.Event(event));
        }
    }

    /** Once at the end is enough. Where events are missing, the reader has to look anyway. */
    private void told(long position) {
        if (items.peekLast() instanceof FeedItem.Told) {
            items.removeLast();
        }
        if (!(items.peekLast() instanceof FeedItem.Missing)) {
            items.add(new FeedItem.Told(position));
        }
    }

    /** Notes missing events behind what is there. */
    void missed(long count) {
        long all = count;
        if (items.peekLast() instanceof FeedItem.Missing last) {
            items.removeLast();
            // An unknown number plus a known one is unknown.
            all = count == 0 || last.count() == 0 ? 0 : last.count() + count;
        }
        items.add(new FeedItem.Missing(all));
    }

    @Nullable
    FeedItem poll() {
        return items.poll();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    void clear() {
        items.clear();
    }
}
