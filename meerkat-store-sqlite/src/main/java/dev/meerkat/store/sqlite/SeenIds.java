package dev.meerkat.store.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells ids and keys that are surely new from those that the store may have, so that most need no look into the database.
 * It has some bits for each that was ever stored (a Bloom filter), and is wrong about one new id in a hundred thousand, for
 * which the database is asked.
 *
 * <p>What the database has from earlier openings is read by a thread of its own when it is first needed; until that ends,
 * the store may have any. Thread-safe.
 */
final class SeenIds {
    private static final Logger LOG = LoggerFactory.getLogger(SeenIds.class);
    private static final int FIRST_CAPACITY = 1 << 14;
    private static final int LAST_CAPACITY = 1 << 26;
    private static final int GROWTH = 4;
    private static final int BITS_EACH = 32;
    private static final int HASHES = 10;
    private static final long CLOSE_SECONDS = 10;

    /** Reads what is stored. */
    @FunctionalInterface
    interface Reads {
        void read(LongPredicate goesOn) throws SQLException;
    }

    private final Reads stored;
    private final List<long[]> parts = new ArrayList<>();
    private int capacity = FIRST_CAPACITY;
    private int free = FIRST_CAPACITY;
    private @Nullable Thread reads;
    private boolean complete;
    private volatile boolean closed;

    /** Begins with nothing; {@code empty} if the store has nothing either. */
    SeenIds(boolean empty, Reads stored) {
        this.complete = empty;
        this.stored = stored;
        parts.add(bits(FIRST_CAPACITY));
    }

    private static long[] bits(int capacity) {
        return new long[capacity / (Long.SIZE / BITS_EACH)];
    }

    /** What stands for an id of an input of a session. */
    static long id(UUID id, long session) {
        return mix(mix(id.getMostSignificantBits() ^ mix(session)) + id.getLeastSignificantBits());
    }

    /** What stands for the hash of a key of a session. */
    static long key(long hash, long session) {
        return mix(hash ^ mix(~session));
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** Whether the store may have it; false only if it surely has not. */
    synchronized boolean mayHave(long mark) {
        if (!complete) {
            read();
            return true;
        }
        for (long[] part : parts) {
            if (has(part, mark)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(long[] part, long mark) {
        long step = mix(mark) | 1;
        for (int i = 0; i < HASHES; i++) {
            long bit = mark + i * step;
            if ((part[word(part, bit)] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The word that a bit is in; parts are as long as a power of two. */
    private static int word(long[] part, long bit) {
        return (int) (bit >>> Integer.SIZE) & (part.length - 1);
    }

    /** From now on, the store may have it. */
    synchronized void add(long mark) {
        if (free == 0 && capacity < LAST_CAPACITY) {
            capacity *= GROWTH;
            free = capacity;
            parts.add(bits(capacity));
        }
        free = Math.max(0, free - 1);
        long[] part = parts.get(parts.size() - 1);
        long step = mix(mark) | 1;
        for (int i = 0; i < HASHES; i++) {
            long bit = mark + i * step;
            part[word(part, bit)] |= 1L << bit;
        }
    }

    private void read() {
        if (reads == null) {
            reads = new Thread(this::readStored, "meerkat-store-seen");
            reads.setDaemon(true);
            reads.start();
        }
    }

    private void readStored() {
        try {
            stored.read(mark -> {
                add(mark);
                return !closed;
            });
            synchronized (this) {
                complete = !closed;
            }
        } catch (SQLException | RuntimeException e) {
            // The database goes on being asked.
            LOG.warn("what is stored was not read to its end, so that each new input is looked for", e);
        }
    }

    /** Ends its thread. */
    void close() {
        closed = true;
        Thread ends;
        synchronized (this) {
            ends = reads;
        }
        boolean interrupted = false;
        try {
            if (ends != null) {
                ends.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
