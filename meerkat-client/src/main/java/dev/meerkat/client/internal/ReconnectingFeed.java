package dev.meerkat.client.internal;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live feed of one session, opened anew by its reader when the connection was lost: after a wait
 * that doubles, with jitter. Needs no thread of its own. One reader at a time; {@link #close} from any
 * thread.
 */
final class ReconnectingFeed {
    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingFeed.class);

    /** Opens the feed at the server. */
    interface Opener {
        LiveFeed open(FeedSink sink) throws InterruptedException;
    }

    private final RemoteContext context;
    private final Opener opener;
    private final Refusals refusals;
    private final SessionId session;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final FeedQueue items;
    private final ReconnectDelay backoff;
    private @Nullable Sink sink;
    private @Nullable LiveFeed feed;
    /** Servers end a feed for more reasons than an archived session: also when they unload one. */
    private volatile boolean toldOver;

    private boolean ended;
    private boolean closed;
    private @Nullable Runnable closingTask;

    /**
     * A feed, not open.
     *
     * @param kept which events are given to the reader; of others it is told their position only
     */
    ReconnectingFeed(RemoteContext context, SessionId session, Predicate<ReadEvent> kept) {
        this(context, session, kept, sink -> context.calls().feed(session, sink));
    }

    /** The same, opened in another way. */
    ReconnectingFeed(RemoteContext context, SessionId session, Predicate<ReadEvent> kept, Opener opener) {
        this.opener = opener;
        this.context = context;
        this.refusals = new Refusals(context);
        this.session = session;
        this.items = new FeedQueue(kept, context.limits().bufferedEvents());
        this.backoff = new ReconnectDelay(context);
    }

    /** Opens the feed for the first time; what goes wrong is the caller's to know. */
    void open() throws InterruptedException {
        Sink fresh = new Sink();
        lock.lock();
        try {
            toldOver = false;
            sink = fresh;
        } finally {
            lock.unlock();
        }
        LiveFeed opened = opener.open(fresh);
        lock.lock();
        try {
            if (sink == fresh && !closed) {
                feed = opened;
                return;
            }
        } finally {
            lock.unlock();
        }
        opened.close();
    }

    /**
     * Waits until something is there.
     *
     * @throws ServerUnreachableException if the server has been gone for longer than is borne silently
     */
    Optional<FeedItem> next(long nanos) throws InterruptedException {
        long deadline = context.clock().getAsLong() + nanos;
        while (true) {
            context.checkOpen();
            reopenIfDue();
            lock.lockInterruptibly();
            try {
                Optional<FeedItem> item = Optional.ofNullable(items.poll());
                long left = deadline - context.clock().getAsLong();
                if (item.isPresent() || ended || closed || left <= 0) {
                    return item;
                }
                awaitChange(lost() ? Math.min(left, backoff.nanosToGo()) : left);
            } finally {
                lock.unlock();
            }
        }
    }

    /** What is there already. */
    Optional<FeedItem> poll() {
        lock.lock();
        try {
            return Optional.ofNullable(items.poll());
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is in next, where more than this wait has to be looked at
    private void awaitChange(long nanos) throws InterruptedException {
        if (nanos > 0) {
            long unused = changed.awaitNanos(nanos);
        }
    }

    private boolean lost() {
        return sink == null;
    }

    private void reopenIfDue() throws InterruptedException {
        lock.lock();
        try {
            if (!lost() || ended || closed || !items.isEmpty() || backoff.nanosToGo() > 0) {
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (toldOver && refusals.over(session)) {
                finish();
                return;
            }
            open();
            backoff.succeeded();
            missed(0);
        } catch (SessionNotFoundException | SessionArchivedException e) {
            finish();
        } catch (ServerUnreachableException | FailedException | UnknownOutcomeException e) {
            lose();
            if (backoff.failed()) {
                throw new ServerUnreachableException(
                        "the event feed of session " + session + " cannot be opened again: " + e.getMessage(), e);
            }
        } catch (NotDoneException e) {
            // There is a server, and it has no feed of this session now: one that it has not loaded yet.
            LOG.debug("session {}: the server does not open the event feed: {}", session, e.getMessage());
            lose();
            backoff.refused();
        }
    }

    /** Goes on as if a feed that could not be opened had been lost. */
    void openLater() {
        lose();
        backoff.refused();
    }

    private void finish() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void lose() {
        lock.lock();
        try {
            sink = null;
            feed = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void missed(long count) {
        lock.lock();
        try {
            items.missed(count);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the reader hears of what happens from it, now or when it takes what is there. */
    boolean tells() {
        lock.lock();
        try {
            return sink != null || !items.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the session's feed is over for good and everything of it was taken. */
    boolean over() {
        lock.lock();
        try {
            return (ended || closed) && items.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Runs a task when the client is closed, unless this feed is closed before. */
    void whenClientCloses(Runnable task) {
        Runnable before;
        boolean open;
        lock.lock();
        try {
            before = closingTask;
            open = !closed;
            closingTask = open ? task : null;
        } finally {
            lock.unlock();
        }
        forget(before);
        if (open) {
            context.closing().whenClosed(task);
        }
    }

    private void forget(@Nullable Runnable task) {
        if (task != null) {
            context.closing().forget(task);
        }
    }

    void close() {
        Runnable task;
        LiveFeed open;
        lock.lock();
        try {
            closed = true;
            items.clear();
            open = feed;
            sink = null;
            feed = null;
            task = closingTask;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        forget(task);
        if (open != null) {
            open.close();
        }
    }

    /** What one opened feed brings; what comes after it was replaced is not listened to. */
    private final class Sink implements FeedSink {
        @Override
        public void event(ReadEvent event) {
            lock.lock();
            try {
                if (sink != this) {
                    return;
                }
                items.add(event);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void dropped(long count) {
            if (current()) {
                missed(count);
            }
        }

        @Override
        public void ended(boolean lost) {
            lock.lock();
            try {
                if (sink == this) {
                    sink = null;
                    feed = null;
                    toldOver = !lost;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        private boolean current() {
            lock.lock();
            try {
                return sink == this;
            } finally {
                lock.unlock();
            }
        }
    }
}
