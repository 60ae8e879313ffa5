package dev.meerkat.client.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.wire.EventReader;
import dev.meerkat.client.internal.wire.LogPage;
import dev.meerkat.client.internal.wire.WireEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * The events of a server that keeps a log: everything is read from the log, so nothing is lost or
 * doubled; the live feed only says that it is time to look.
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
    private final EventReader reader = new EventReader();
    private final Queue<WireEvent> page = new ArrayDeque<>();
    private volatile Cursor position;
    private long lookNanos = FIRST_LOOK_NANOS;
    private volatile boolean ended;

    LoggedEventStream(RemoteContext context, SessionId session, EventLog log, ReconnectingFeed feed, Cursor after) {
        this.context = context;
        this.session = session;
        this.log = log;
        this.feed = feed;
        this.position = after;
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        long deadline = context.clock().getAsLong() + timeout.toNanos();
        while (!ended) {
            // Asked before the log, so that what came before the end is still found there.
            boolean over = feed.over();
            if (!page.isEmpty() || readPage()) {
                WireEvent event = page.remove();
                position = new Cursor(event.position());
                return Optional.of(reader.read(event, position));
            }
            if (over) {
                ended = true;
                break;
            }
            long left = deadline - context.clock().getAsLong();
            if (left <= 0) {
                break;
            }
            boolean told = feed.next(Math.min(left, lookNanos)).isPresent();
            lookNanos = told ? FIRST_LOOK_NANOS : Math.min(2 * lookNanos, LAST_LOOK_NANOS);
        }
        return Optional.empty();
    }

    private boolean readPage() throws InterruptedException {
        LogPage read;
        try {
            read = log.since(session, position.sequence(), PAGE);
        } catch (SessionNotFoundException | ServerUnreachableException | FailedException e) {
            // The feed knows of the loss too, opens itself again, and tells when that fails for long.
            return false;
        }
        page.addAll(read.events());
        return !page.isEmpty();
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
    public void close() {
        ended = true;
        feed.close();
    }
}
