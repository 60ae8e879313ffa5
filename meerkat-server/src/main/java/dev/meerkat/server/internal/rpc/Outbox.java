package dev.meerkat.server.internal.rpc;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one client. Answers go before events; both in their order. Thread-safe.
 *
 * <p>Bounded: a feed that has no room for an event is told so, and goes on later; and the reader of the connection takes
 * no more calls while too many answers wait ({@link #awaitRoom}).
 */
final class Outbox {
    /** Of answers that wait, before no more calls are read. */
    static final int ANSWERS = 1_024;
    /** Of answers that wait, before no more calls are read; likewise of events, before no more are taken. */
    static final int BYTES = 8 << 20;

    /** Turns seldom answer so much, and what they do can be read again. */
    private static final int LARGE_BYTES = 2 << 20;

    private static final int BATCH_BYTES = 64 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Entry> answers = new ArrayDeque<>();
    private final ArrayDeque<Entry> events = new ArrayDeque<>();
    private final Set<Feed> refused = new LinkedHashSet<>();
    private final int eventsPerFeed;
    private long answerBytes;
    private long eventBytes;
    private int owed;
    private boolean finishing;
    private boolean closed;

    Outbox(int eventsPerFeed) {
        this.eventsPerFeed = eventsPerFeed;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(byte[] line, @Nullable Feed feed, Runnable written) {}

    /** Lines to be written at once. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Batch(byte[] bytes, List<Runnable> written, List<Feed> resumed) {
        /** To be called when they are written. */
        void done() {
            written.forEach(Runnable::run);
            resumed.forEach(Feed::resume);
        }
    }

    /** An answer will come: this does not finish before it. */
    void owe() {
        lock.lock();
        try {
            owed++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes an answer that was owed.
     *
     * @param refusal takes the place of a large one while too much waits, since the calls were read before their answers
     *     were known
     */
    void settle(byte[] line, Supplier<byte[]> refusal) {
        lock.lock();
        try {
            owed--;
            answer(line.length > LARGE_BYTES && answerBytes >= BYTES ? refusal.get() : line);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a line that goes before events. */
    void add(byte[] line) {
        lock.lock();
        try {
            answer(line);
        } finally {
            lock.unlock();
        }
    }

    private void answer(byte[] line) {
        if (!closed) {
            answers.add(new Entry(line, null, () -> {}));
            answerBytes += line.length;
        }
        work.signal();
    }

    /**
     * Takes a line of a feed, if there is room; if not, the feed is resumed when there is.
     *
     * @param written run by the writer when it is written
     */
    boolean offer(Feed feed, byte[] line, Runnable written) {
        lock.lock();
        try {
            if (closed || finished()) {
                return false;
            }
            if (feed.waiting >= eventsPerFeed || eventBytes >= BYTES) {
                refused.add(feed);
                return false;
            }
            feed.waiting++;
            append(new Entry(line, feed, written));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the last line of a feed, behind its others; it may be empty.
     *
     * @param written run when it is written, or when nothing is written any more
     */
    void last(byte[] line, Runnable written) {
        boolean dropped;
        lock.lock();
        try {
            dropped = closed;
            if (!dropped) {
                append(new Entry(line, null, written));
            }
        } finally {
            lock.unlock();
        }
        if (dropped) {
            written.run();
        }
    }

    private void append(Entry event) {
        events.add(event);
        eventBytes += event.line().length;
        work.signal();
    }

    /** Waits until not too many answers wait. */
    void awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && (answers.size() >= ANSWERS || answerBytes >= BYTES)) {
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for lines to write; null when there will be none. */
    @Nullable
    Batch take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && answers.isEmpty() && events.isEmpty()) {
                if (finished()) {
                    return null;
                }
                work.await();
            }
            return closed ? null : batch();
        } finally {
            lock.unlock();
        }
    }

    private Batch batch() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Runnable> written = new ArrayList<>();
        while (!answers.isEmpty() && bytes.size() < BATCH_BYTES) {
            Entry answer = answers.remove();
            answerBytes -= answer.line().length;
            bytes.writeBytes(answer.line());
        }
        room.signal();
        // At least one, so that a flood of answers does not hold up the events.
        boolean first = true;
        while (!events.isEmpty() && (first || bytes.size() < BATCH_BYTES)) {
            Entry event = events.remove();
            eventBytes -= event.line().length;
            if (event.feed() != null) {
                event.feed().waiting--;
            }
            bytes.writeBytes(event.line());
            written.add(event.written());
            first = false;
        }
        return new Batch(bytes.toByteArray(), written, resumed());
    }

    /** The feeds that were refused and now have room. */
    private List<Feed> resumed() {
        if (refused.isEmpty() || eventBytes > BYTES / 2) {
            return List.of();
        }
        List<Feed> resumed =
                refused.stream().filter(f -> f.waiting <= eventsPerFeed / 2).toList();
        resumed.forEach(refused::remove);
        return resumed;
    }

    /** No more calls will come: ends when the answers that are owed are taken. */
    void finish() {
        lock.lock();
        try {
            finishing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private boolean finished() {
        return finishing && owed == 0 && answers.isEmpty();
    }

    /** Ends at once; what waits is dropped, as if it were written. */
    void close() {
        List<Entry> dropped;
        lock.lock();
        try {
            closed = true;
            dropped = List.copyOf(events);
            answers.clear();
            events.clear();
            refused.clear();
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        dropped.forEach(event -> event.written().run());
    }
}
