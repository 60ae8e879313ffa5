package dev.meerkat.client.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The whole log of a session, from a server that tells it as it is. What this reader is too slow for, or what was told while
 * the connection was lost, is read again from where it got to; only of what is live there may be a gap.
 */
final class ApiEventStream implements EventStream {
    private final RemoteContext context;
    private final SessionId session;
    private volatile ReconnectingFeed feed;
    private volatile Cursor position;
    /** Whether the first feed begins with what comes; all others begin at the position. */
    private boolean fromNow;

    private @Nullable Cursor restarted;
    private @Nullable Runnable closingTask;
    private volatile boolean ended;

    private ApiEventStream(RemoteContext context, SessionId session, boolean fromNow, Cursor position) {
        this.context = context;
        this.session = session;
        this.fromNow = fromNow;
        this.position = position;
        this.feed = newFeed();
    }

    /**
     * Opens a stream.
     *
     * @param fromNow whether it begins with what comes
     * @param position where it begins
     */
    static ApiEventStream open(RemoteContext context, SessionId session, boolean fromNow, Cursor position)
            throws InterruptedException {
        ApiEventStream stream = new ApiEventStream(context, session, fromNow, position);
        stream.feed.open();
        stream.fromNow = false;
        return stream;
    }

    private ReconnectingFeed newFeed() {
        return new ReconnectingFeed(
                context,
                session,
                event -> true,
                sink -> context.calls().feed(session, fromNow ? null : position, sink));
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        long deadline = context.clock().getAsLong() + timeout.toNanos();
        while (!ended) {
            Optional<FeedItem> item = feed.next(deadline - context.clock().getAsLong());
            if (item.isEmpty()) {
                ended |= feed.over();
                break;
            }
            Optional<SessionEvent> event = read(item.get());
            if (event.isPresent()) {
                return event;
            }
        }
        return Optional.empty();
    }

    private Optional<SessionEvent> read(FeedItem item) throws InterruptedException {
        if (item instanceof FeedItem.Event came) {
            SessionEvent event = Answers.api(came.event().payload(), ValueForm::event);
            if (!(event instanceof SessionEvent.Live)) {
                position = event.cursor();
            }
            if (event instanceof SessionEvent.Lifecycle end && end.phase() == SessionEvent.Lifecycle.Phase.ARCHIVED) {
                close();
            }
            return Optional.of(event);
        }
        OptionalLong missing = item instanceof FeedItem.Missing gap ? gap.known() : OptionalLong.empty();
        if (missing.isEmpty()) {
            // It was opened again at the position, and of what was live meanwhile nobody knows.
            return Optional.empty();
        }
        if (position.equals(restarted)) {
            // An event that is too large to be told, or that cannot be read, is so again.
            return Optional.of(new SessionEvent.Gap(position, missing));
        }
        restart();
        return Optional.of(new SessionEvent.Gap(position, OptionalLong.empty()));
    }

    private void restart() throws InterruptedException {
        restarted = position;
        ReconnectingFeed before = feed;
        ReconnectingFeed fresh = newFeed();
        fresh.openLater();
        synchronized (this) {
            feed = fresh;
            if (closingTask != null) {
                fresh.whenClientCloses(closingTask);
            }
        }
        before.close();
        if (ended) {
            fresh.close();
        }
    }

    @Override
    public Cursor position() {
        return position;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public synchronized void whenMeerkatCloses(Runnable task) {
        closingTask = task;
        feed.whenClientCloses(task);
    }

    @Override
    public void close() {
        ended = true;
        feed.close();
    }
}
