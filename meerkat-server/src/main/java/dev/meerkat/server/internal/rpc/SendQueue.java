package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.SendMemory;
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
public final class SendQueue {
    /** Of answers that wait, before no more calls are read. */
    static final int ANSWERS = 1_024;
    /** Of answers that wait, before no more calls are read. */
    static final int BYTES = 8 << 20;
    /** Of events that wait, before no more are taken. */
    private static final int EVENT_BYTES = 1 << 20;

    /** Turns seldom answer so much, and what they do can be read again. */
    private static final int LARGE_BYTES = 2 << 20;

    private static final int BATCH_BYTES = 64 << 10;
    /** Smaller parts are written together. */
    private static final int PIECE_BYTES = 16 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Entry> answers = new ArrayDeque<>();
    private final ArrayDeque<Entry> events = new ArrayDeque<>();
    private final Set<Feed> refused = new LinkedHashSet<>();
    private final int eventsPerFeed;
    private final SendMemory.Share memory;
    private final Runnable overflow;
    private long answerBytes;
    private long eventBytes;
    private int owed;
    private boolean finishing;
    private boolean closed;

    /**
     * An empty one.
     *
     * @param memory counts what waits in all outboxes
     * @param overflow ends the connection, if the server has no room for what waits for this client
     */
    SendQueue(int eventsPerFeed, SendMemory memory, Runnable overflow) {
        this.eventsPerFeed = eventsPerFeed;
        this.memory = memory.share(overflow);
        this.overflow = overflow;
    }

    /** A line; the server counts its largest part. */
    private record Entry(
            List<byte[]> parts,
            SendMemory.Held held,
            @Nullable Feed feed,
            Runnable written) {
        static Entry of(SendMemory.Held line, Runnable written) {
            return new Entry(List.of(line.bytes()), line, null, written);
        }

        int length() {
            return parts.stream().mapToInt(part -> part.length).sum();
        }
    }

    /** MessageLines to be written one after the other. */
    record Batch(List<byte[]> pieces, List<SendMemory.Held> held, List<Runnable> written, List<Feed> resumed) {
        /** To be called when they are written. */
        void done() {
            held.forEach(SendMemory.Held::give);
            written.forEach(Runnable::run);
            resumed.forEach(Feed::resume);
        }
    }

    /** An answer will come: this does not finish before it. */
    public void owe() {
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
    public void settle(byte[] line, Supplier<byte[]> refusal) {
        SendMemory.Held held = line.length > LARGE_BYTES && isFull() ? null : memory.take(line);
        SendMemory.Held kept = held != null ? held : memory.take(refusal.get());
        lock.lock();
        try {
            owed--;
            answer(kept);
        } finally {
            lock.unlock();
        }
        check(kept);
    }

    private boolean isFull() {
        lock.lock();
        try {
            return answerBytes >= BYTES;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing that is owed may be left out while the connection lives; after its end nothing has room. */
    private void check(SendMemory.@Nullable Held kept) {
        if (kept == null && !isClosed()) {
            overflow.run();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a line that goes before events. */
    public void add(byte[] line) {
        SendMemory.Held kept = memory.take(line);
        lock.lock();
        try {
            answer(kept);
        } finally {
            lock.unlock();
        }
        check(kept);
    }

    private void answer(SendMemory.@Nullable Held line) {
        if (!closed && line != null) {
            answers.add(Entry.of(line, () -> {}));
            answerBytes += line.bytes().length;
        }
        work.signal();
    }

    /** Whether an event may be read for a feed; if not, the feed is resumed when it may. */
    boolean hasRoom(Feed feed) {
        lock.lock();
        try {
            boolean full = feed.waiting >= eventsPerFeed || eventBytes >= EVENT_BYTES;
            if (full) {
                refused.add(feed);
            }
            return !full;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a line of a feed, if there is room; if not, the feed is resumed when there is.
     *
     * @param line its parts, the largest of which is in the middle
     * @param written run by the writer when it is written
     */
    boolean offer(Feed feed, List<byte[]> line, Runnable written) {
        SendMemory.Held held = memory.take(line.get(line.size() / 2));
        if (held == null) {
            check(held);
            return false;
        }
        boolean taken = offer(new Entry(line, held, feed, written), feed);
        if (!taken) {
            held.give();
        }
        return taken;
    }

    private boolean offer(Entry line, Feed feed) {
        lock.lock();
        try {
            if (closed || finished()) {
                return false;
            }
            if (feed.waiting >= eventsPerFeed || eventBytes >= EVENT_BYTES) {
                refused.add(feed);
                return false;
            }
            feed.waiting++;
            append(line);
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
    public void last(byte[] line, Runnable written) {
        SendMemory.Held held = memory.take(line);
        boolean dropped;
        lock.lock();
        try {
            dropped = closed || held == null;
            if (!closed && held != null) {
                append(Entry.of(held, written));
            }
        } finally {
            lock.unlock();
        }
        check(held);
        if (dropped) {
            written.run();
        }
    }

    private void append(Entry event) {
        events.add(event);
        eventBytes += event.length();
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
        List<Entry> all = new ArrayList<>();
        int length = 0;
        while (!answers.isEmpty() && length < BATCH_BYTES) {
            Entry answer = answers.remove();
            answerBytes -= answer.length();
            length += answer.length();
            all.add(answer);
        }
        room.signal();
        // At least one, so that a flood of answers does not hold up the events.
        boolean first = true;
        while (!events.isEmpty() && (first || length < BATCH_BYTES)) {
            Entry event = events.remove();
            eventBytes -= event.length();
            if (event.feed() != null) {
                event.feed().waiting--;
            }
            length += event.length();
            all.add(event);
            first = false;
        }
        return new Batch(
                pieces(all),
                all.stream().map(Entry::held).toList(),
                all.stream().map(Entry::written).toList(),
                resumed());
    }

    /** Large parts as they are, which are counted and may be those of other clients too; what is between them together. */
    private static List<byte[]> pieces(List<Entry> all) {
        List<byte[]> pieces = new ArrayList<>();
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        for (Entry entry : all) {
            for (byte[] part : entry.parts()) {
                if (part.length < PIECE_BYTES) {
                    together.writeBytes(part);
                } else {
                    flush(together, pieces);
                    pieces.add(part);
                }
            }
        }
        flush(together, pieces);
        return pieces;
    }

    private static void flush(ByteArrayOutputStream together, List<byte[]> pieces) {
        if (together.size() > 0) {
            pieces.add(together.toByteArray());
            together.reset();
        }
    }

    /** The feeds that were refused and now have room. */
    private List<Feed> resumed() {
        if (refused.isEmpty() || eventBytes > EVENT_BYTES / 2) {
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
            memory.end();
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        dropped.forEach(event -> event.written().run());
    }
}
