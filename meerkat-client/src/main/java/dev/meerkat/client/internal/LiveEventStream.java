package dev.meerkat.client.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.client.internal.wire.EventReader;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.time.Duration;
import java.util.Optional;

/** The events of a server that keeps no log: from now on, and what is lost is a gap. */
final class LiveEventStream implements EventStream {
    private final ReconnectingFeed feed;
    private final EventReader reader = new EventReader();
    private volatile Cursor position = Cursor.START;

    LiveEventStream(ReconnectingFeed feed) {
        this.feed = feed;
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        Optional<FeedItem> item = feed.next(timeout.toNanos());
        return item.map(this::read);
    }

    private SessionEvent read(FeedItem item) {
        if (item instanceof FeedItem.Missing missing) {
            reader.missed();
            return new SessionEvent.Gap(position, missing.known());
        }
        ReadEvent event = ((FeedItem.Event) item).event();
        // The server numbers its own notices with 0.
        if (event.position() > 0) {
            position = new Cursor(event.position());
        }
        return reader.read(event, position);
    }

    @Override
    public Cursor position() {
        return position;
    }

    @Override
    public boolean ended() {
        return feed.over();
    }

    @Override
    public void whenMeerkatCloses(Runnable task) {
        feed.whenClientCloses(task);
    }

    @Override
    public void close() {
        feed.close();
    }
}
