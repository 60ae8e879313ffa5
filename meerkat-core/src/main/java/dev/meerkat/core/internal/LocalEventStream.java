package dev.meerkat.core.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.ReadyEventStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log page by page and waits at its end. Only live events are buffered, up to a bound: a
 * reader that is behind finds everything else in the log.
 */
final class LocalEventStream implements ReadyEventStream {
    private static final int PAGE = 128;
    /** So many that are new are kept for a reader that knows all before them; what it is behind with, it reads. */
    private static final int HANDED = 16;

    private final SessionLoop loop;
    private final int liveBound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<SessionEvent> page = new ArrayDeque<>();
    private final Queue<SessionEvent.Live> live = new ArrayDeque<>();
    private long droppedLive;
    private Cursor position;
    /** Whether the log may hold more than was read. */
    private boolean unread = true;

    private boolean ended;
    private @Nullable Runnable listener;
    private Predicate<SessionEvent.InputAdmitted> matters = input -> true;

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

    @Override
    public void whenReady(Runnable listener) {
        whenReady(listener, input -> true);
    }

    @Override
    public void whenReady(Runnable listener, Predicate<SessionEvent.InputAdmitted> matters) {
        boolean ready;
        lock.lock();
        try {
            ready = ended || unread || !page.isEmpty() || !live.isEmpty() || droppedLive > 0;
            this.listener = ready ? null : listener;
            this.matters = matters;
        } finally {
            lock.unlock();
        }
        if (ready) {
            listener.run();
        }
    }

    /** The log went on. */
    void signal() {
        change(() -> unread = true);
    }

    /** The log went on with an input, which need not be read if it is the next event. */
    void signal(SessionEvent.InputAdmitted input) {
        change(() -> hand(input), () -> matters.test(input));
    }

    private void hand(SessionEvent.InputAdmitted input) {
        SessionEvent newest = page.peekLast();
        long known = (newest == null ? position : newest.cursor()).sequence();
        if (!unread && page.size() < HANDED && input.cursor().sequence() == known + 1) {
            page.add(input);
        } else {
            unread |= input.cursor().sequence() > known;
        }
    }

    private void change(Runnable change) {
        change(change, () -> true);
    }

    /** Changes something, and then wakes a waiting reader, and calls the listener, which may do anything. */
    private void change(Runnable change, BooleanSupplier tell) {
        Runnable told = null;
        lock.lock();
        try {
            change.run();
            more.signalAll();
            if (tell.getAsBoolean()) {
                told = listener;
                listener = null;
            }
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.run();
        }
    }

    /** Something happens that is not in the log. */
    void offer(SessionEvent.Live event) {
        change(() -> {
            if (live.size() < liveBound) {
                live.add(event);
            } else {
                droppedLive++;
            }
        });
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
        change(this::stop);
    }

    private void stop() {
        ended = true;
        live.clear();
        page.clear();
        loop.links.watchers().remove(this);
    }
}
