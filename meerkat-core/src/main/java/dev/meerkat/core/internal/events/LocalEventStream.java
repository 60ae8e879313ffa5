package dev.meerkat.core.internal.events;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.Watchers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
public final class LocalEventStream implements ReadyEventStream, Watchers.Watcher {
    private static final int PAGE = 128;
    private static final int FIRST_PAGE = 8;
    private static final int PAGE_STEP = 4;
    /** A page that turns out larger is followed by a smaller one. */
    private static final long PAGE_BYTES = 1 << 20;
    /** So many that are new are kept for a reader that knows all before them; what it is behind with, it reads. */
    private static final int HANDED = 16;
    /** One that is larger is handed only alone. */
    private static final long HANDED_BYTES = 16 << 10;

    private final SessionState session;
    private final int liveBound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<SessionEvent> page = new ArrayDeque<>();
    private final Queue<SessionEvent.Live> live = new ArrayDeque<>();
    /** Where the log ended when this was opened. */
    private final Cursor opened;

    private long droppedLive;
    /** Whether a turn has begun whose live events are told at another node only. */
    private boolean elsewhere;

    private Cursor position;
    /** Whether the log may hold more than was read. */
    private boolean unread = true;
    /** Whether the reader reads a page just now. */
    private boolean reading;
    /** How many events the next page has at most: few as long as they are large. */
    private int rows = FIRST_PAGE;

    private boolean ended;
    /** Whether {@link #close} was called. */
    private boolean closed;

    private @Nullable Runnable listener;
    private @Nullable Runnable closingListener;
    private Predicate<SessionEvent.InputAdmitted> matters = input -> true;

    /**
     * Reads on after a cursor of the log.
     *
     * @param liveAfter what is live is told after this cursor
     * @param end where the log ends now
     */
    public LocalEventStream(SessionState session, Cursor after, Cursor liveAfter, Cursor end) {
        this.session = session;
        this.position = after;
        this.opened = end;
        this.liveBound = session.kernel.limits.liveEvents();
        session.watch(this, liveAfter);
        if (session.kernel.listeners.any()) {
            session.kernel.listeners.tell(new RuntimeEvent.StreamOpened(session.id));
        }
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!ended) {
                session.kernel.checkOpen();
                Optional<SessionEvent> event = poll();
                if (event.isPresent()) {
                    return event;
                }
                // All of these again, as what came during a read wakes nobody.
                if (ended) {
                    return Optional.empty();
                }
                session.kernel.checkOpen();
                session.fence.check();
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
        while (!ended) {
            if (elsewhere) {
                elsewhere = false;
                return Optional.of(new SessionEvent.Gap(position, OptionalLong.empty()));
            }
            // A live event belongs before the first logged event that is newer than it.
            SessionEvent.Live next = live.peek();
            if (next != null && next.cursor().compareTo(position) <= 0) {
                return Optional.of(live.remove());
            }
            if (page.isEmpty() && unread && !reading) {
                readPage();
                // What came during the read, and called nobody, is looked at now; a live event of then may belong
                // before the page.
                continue;
            }
            if (next != null && page.isEmpty() && !reading) {
                return Optional.of(live.remove());
            }
            if (droppedLive > 0) {
                SessionEvent gap = new SessionEvent.Gap(position, OptionalLong.of(droppedLive));
                droppedLive = 0;
                return Optional.of(gap);
            }
            return page.isEmpty() ? Optional.empty() : Optional.of(logged());
        }
        return Optional.empty();
    }

    private SessionEvent logged() {
        SessionEvent logged = page.remove();
        position = logged.cursor();
        if (logged instanceof SessionEvent.Lifecycle end && end.phase() == SessionEvent.Lifecycle.Phase.ARCHIVED) {
            stop();
        }
        elsewhere = logged instanceof SessionEvent.TurnStarted
                && logged.cursor().compareTo(opened) > 0
                && session.kernel.term(session.id) == 0;
        return logged;
    }

    /** Reads on without the lock, since those who signal take it, such as the thread on which the store commits. */
    private void readPage() {
        // Cleared first: what is committed during the read signals again.
        unread = false;
        reading = true;
        Cursor after = position;
        int most = rows;
        boolean goesOn = true;
        List<SessionEvent> read;
        lock.unlock();
        try {
            read = session.kernel.store.events(session.id, after, most);
            goesOn = !read.isEmpty();
        } finally {
            lock.lock();
            reading = false;
            unread |= goesOn;
            // Another caller of next may wait for the page.
            more.signalAll();
        }
        if (!ended) {
            page.addAll(read);
        }
        long bytes = read.stream().mapToLong(EventSizes::of).sum();
        rows = bytes > PAGE_BYTES ? Math.max(1, rows / PAGE_STEP) : Math.min(PAGE, rows * PAGE_STEP);
    }

    @Override
    public void whenReady(Runnable listener, Predicate<SessionEvent.InputAdmitted> matters) {
        boolean ready;
        lock.lock();
        try {
            ready = ended || unread || !page.isEmpty() || !live.isEmpty() || droppedLive > 0 || elsewhere;
            this.listener = ready ? null : listener;
            this.matters = matters;
        } finally {
            lock.unlock();
        }
        if (ready) {
            listener.run();
        }
    }

    @Override
    public void whenMeerkatCloses(Runnable task) {
        lock.lock();
        try {
            closingListener = ended ? null : task;
        } finally {
            lock.unlock();
        }
        if (session.kernel.activity.closed()) {
            meerkatClosed();
        }
    }

    @Override
    public void meerkatClosed() {
        Runnable told;
        lock.lock();
        try {
            told = closingListener;
            closingListener = null;
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.run();
        }
    }

    @Override
    public void signal() {
        change(() -> unread = true);
    }

    @Override
    public void signal(SessionEvent.InputAdmitted input) {
        change(() -> hand(input), () -> matters.test(input));
    }

    private void hand(SessionEvent.InputAdmitted input) {
        SessionEvent newest = page.peekLast();
        long known = (newest == null ? position : newest.cursor()).sequence();
        boolean room = page.isEmpty() || (page.size() < HANDED && EventSizes.of(input) <= HANDED_BYTES);
        if (!unread && !reading && room && input.cursor().sequence() == known + 1) {
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

    @Override
    public void offer(SessionEvent.Live event) {
        change(() -> {
            if (live.size() < liveBound) {
                live.add(event);
            } else {
                droppedLive++;
            }
        });
    }

    @Override
    public void rest() {
        lock.lock();
        try {
            page.clear();
            unread = true;
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
        boolean open;
        lock.lock();
        try {
            open = !closed;
            closed = true;
        } finally {
            lock.unlock();
        }
        change(this::stop);
        if (open && session.kernel.listeners.any()) {
            session.kernel.listeners.tell(new RuntimeEvent.StreamClosed(session.id));
        }
    }

    private void stop() {
        ended = true;
        live.clear();
        page.clear();
        closingListener = null;
        session.unwatch(this);
    }
}
