package dev.meerkat.core.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads the log page by page and waits at its end. Only live events are buffered, up to a bound: a
 * reader that is behind finds everything else in the log.
 */
final class LocalEventStream implements EventStream {
    private static final int PAGE = 128;

    private final SessionLoop loop;
    private final int liveBound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Queue<SessionEvent> page = new ArrayDeque<>();
    private final Queue<SessionEvent.Live> live = new ArrayDeque<>();
    private long droppedLive;
    private Cursor position;
    /** Whether the log may hold more than was read. */
    private boolean unread = true;

    private boolean ended;

    LocalEventStream(SessionLoop loop, Cursor after) {
        this.loop = loop;
        this.position = after;
        this.liveBound = loop.kernel.limits.liveEvents();
        loop.links.watchers().add(this);
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!ended) {
                loop.kernel.checkOpen();
                Optional<SessionEvent> event = poll();
                if (event.isPresent()) {
                    return event;
                }
                if (nanos <= 0) {
                    return Optional.empty();
                }
                nanos = more.awaitNanos(nanos);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Optional<SessionEvent> poll() {
        // A live event belongs before the first logged event that is newer than it.
        SessionEvent.Live next = live.peek();
        if (next != null && (next.cursor().compareTo(position) <= 0 || (page.isEmpty() && !readPage()))) {
            live.remove();
            return Optional.of(next);
        }
        if (droppedLive > 0) {
            SessionEvent gap = new SessionEvent.Gap(position, droppedLive);
            droppedLive = 0;
            return Optional.of(gap);
        }
        if (page.isEmpty() && !readPage()) {
            return Optional.empty();
        }
        SessionEvent logged = page.remove();
        position = logged.cursor();
        if (logged instanceof SessionEvent.Lifecycle end && end.phase() == SessionEvent.Lifecycle.Phase.ARCHIVED) {
            stop();
        }
        return Optional.of(logged);
    }

    private boolean readPage() {
        if (unread) {
            // Cleared first: what is committed during the read signals again.
            unread = false;
            page.addAll(loop.kernel.store.events(loop.id, position, PAGE));
            unread |= !page.isEmpty();
        }
        return !page.isEmpty();
    }

    /** The log went on. */
    void signal() {
        lock.lock();
        try {
            unread = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Something happens that is not in the log. */
    void offer(SessionEvent.Live event) {
        lock.lock();
        try {
            if (live.size() < liveBound) {
                live.add(event);
            } else {
                droppedLive++;
            }
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Cursor position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            stop();
        } finally {
            lock.unlock();
        }
    }

    private void stop() {
        ended = true;
        live.clear();
        page.clear();
        loop.links.watchers().remove(this);
        more.signalAll();
    }
}
