package dev.meerkat.client.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.wire.EventReader;
import dev.meerkat.client.internal.wire.LogPage;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The events of a server that keeps a log: what is logged is read from the log, so nothing is lost or doubled; the live
 * feed says that it is time to look.
 *
 * <p>Where live events are beside the log, the feed brings these too, and the log is read no further than the feed has
 * told of, so that all come in their order.
 */
final class LoggedEventStream implements EventStream {
    private static final int PAGE = 100;
    /** The log may be written after the feed was told, and a feed may be lost unnoticed. */
    private static final long FIRST_LOOK_NANOS = Duration.ofMillis(10).toNanos();

    private static final long LAST_LOOK_NANOS = Duration.ofSeconds(2).toNanos();

    private final RemoteContext context;
    private final SessionId session;
    private final EventLog log;
    private final ReconnectingFeed feed;
    private final boolean liveBeside;
    private final EventReader reader = EventReader.ofLog();
    private final Queue<ReadEvent> page = new ArrayDeque<>();
    /** What the feed brought, to be returned behind what the log has before it. */
    private @Nullable FeedItem live;
    /** Up to where the feed, which counts as the log does, has told of everything. */
    private long told;

    private volatile Cursor position;
    private boolean look = true;
    private long lookNanos = FIRST_LOOK_NANOS;
    private long lookAt;
    /** Whether the log was found to have more than the feed has told of, and how long to wait for that. */
    private boolean held;

    private long heldUntil;
    private volatile boolean ended;

    /**
     * A stream.
     *
     * @param feed open, unless nothing can come
     * @param after where it begins
     * @param latest the end of the log after the feed was opened
     */
    LoggedEventStream(
            RemoteContext context, SessionId session, EventLog log, ReconnectingFeed feed, Cursor after, long latest) {
        this.context = context;
        this.session = session;
        this.log = log;
        this.feed = feed;
        this.liveBeside = context.calls().facts().liveBesideLog();
        this.position = after;
        this.told = latest;
        this.lookAt = context.clock().getAsLong();
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        long deadline = context.clock().getAsLong() + timeout.toNanos();
        while (!ended) {
            // Asked before the log, so that what came before the end is still found there.
            boolean over = feed.over();
            hearAll();
            look |= over || !liveBeside || context.clock().getAsLong() >= lookAt;
            Optional<SessionEvent> found = found();
            if (found.isPresent()) {
                return found;
            }
            if (over) {
                ended = true;
                break;
            }
            long left = deadline - context.clock().getAsLong();
            if (left <= 0) {
                break;
            }
            await(left);
        }
        return Optional.empty();
    }

    private Optional<SessionEvent> found() throws InterruptedException {
        while (!page.isEmpty() || (look && readPage())) {
            if (page.isEmpty() || page.element().position() > readable()) {
                break;
            }
            ReadEvent event = page.remove();
            position = new Cursor(event.position());
            SessionEvent logged = reader.read(event, position);
            if (!(liveBeside && logged instanceof SessionEvent.Live)) {
                return Optional.of(logged);
            }
        }
        hold(!page.isEmpty());
        FeedItem brought = live;
        live = null;
        boolean unread = page.isEmpty() && look;
        // Without the log before it, which cannot be read, it has no place.
        return unread || brought == null ? Optional.empty() : Optional.of(live(brought));
    }

    private SessionEvent live(FeedItem brought) throws InterruptedException {
        if (brought instanceof FeedItem.Event event) {
            return reader.read(event.event(), position);
        }
        catchUp();
        return new SessionEvent.Gap(position, ((FeedItem.Missing) brought).known());
    }

    /** Up to where the log may be returned now. */
    private long readable() {
        boolean waits = !held || context.clock().getAsLong() < heldUntil;
        return liveBeside && feed.tells() && waits ? told : Long.MAX_VALUE;
    }

    private void hold(boolean more) {
        if (more && !held) {
            heldUntil = context.clock().getAsLong() + LAST_LOOK_NANOS;
        }
        held = more;
    }

    /** Whether the log could be read. */
    private boolean readPage() throws InterruptedException {
        lookLater();
        LogPage read;
        try {
            read = log.since(session, position.sequence(), PAGE);
        } catch (SessionNotFoundException | SessionArchivedException | ServerUnreachableException | FailedException e) {
            // The feed knows of the loss too, opens itself again, and tells when that fails for long.
            return false;
        }
        page.addAll(read.events());
        look = read.hasMore();
        return true;
    }

    private void lookLater() {
        lookAt = context.clock().getAsLong() + lookNanos;
        lookNanos = Math.min(2 * lookNanos, LAST_LOOK_NANOS);
    }

    /** Takes what the feed has brought, up to what is to be returned. */
    private void hearAll() throws InterruptedException {
        while (live == null) {
            Optional<FeedItem> item = feed.poll();
            if (item.isEmpty()) {
                return;
            }
            hear(item.get());
        }
    }

    private void hear(FeedItem item) throws InterruptedException {
        held = false;
        if (item instanceof FeedItem.Event event) {
            told = Math.max(told, event.event().position());
            live = item;
            return;
        }
        look = true;
        lookNanos = FIRST_LOOK_NANOS;
        if (item instanceof FeedItem.Told up) {
            told = Math.max(told, up.position());
        } else if (item instanceof FeedItem.Missing missing && liveBeside) {
            if (missing.known().isPresent()) {
                live = missing;
            } else {
                // Of the log nothing is missing, and of what is live while there is no feed nobody knows.
                catchUp();
            }
        }
    }

    /** The feed has not told of everything. */
    private void catchUp() throws InterruptedException {
        try {
            told = Math.max(told, log.latest(session));
        } catch (SessionNotFoundException | SessionArchivedException | ServerUnreachableException | FailedException e) {
            // Then the log is held for a while.
            look = true;
        }
    }

    /** Waits until the feed tells something, or it is time to go on without that. */
    private void await(long nanos) throws InterruptedException {
        long wait = (held ? heldUntil : lookAt) - context.clock().getAsLong();
        Optional<FeedItem> item = feed.next(Math.max(0, Math.min(nanos, wait)));
        if (item.isPresent()) {
            hear(item.get());
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
    public void whenMeerkatCloses(Runnable task) {
        feed.whenClientCloses(task);
    }

    @Override
    public void close() {
        ended = true;
        feed.close();
    }
}
