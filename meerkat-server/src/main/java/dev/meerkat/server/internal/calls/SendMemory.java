package dev.meerkat.server.internal.calls;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the clients of a server to read it, in bytes. The same array, such as one event for many readers, is
 * counted once.
 *
 * <p>When it is full, the client that has let it wait for longest loses its connection, if that was for a second at
 * least. Up to twice as much is taken while there is no such client. A client always finds room for
 * {@value #SMALL_BYTES} bytes, so that those who read are never refused for those who do not. Thread-safe.
 */
public final class SendMemory {
    /** So much of one client is always taken. */
    static final int SMALL_BYTES = 16 << 10;

    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PARTS_OF_HEAP = 16;

    private final long limit;
    private final LongSupplier nanos;
    // Guarded by this.
    private final IdentityHashMap<byte[], Piece> pieces = new IdentityHashMap<>();
    private final Set<Share> holders = new HashSet<>();
    private long taken;

    /**
     * An empty one.
     *
     * @param limit in bytes
     * @param nanos the time
     */
    public SendMemory(long limit, LongSupplier nanos) {
        this.limit = limit;
        this.nanos = nanos;
    }

    /** A sixteenth of the heap. */
    public static SendMemory ofHeap() {
        return new SendMemory(Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP, System::nanoTime);
    }

    private static final class Piece {
        final byte[] bytes;
        final long length;
        int uses;

        Piece(byte[] bytes, long length) {
            this.bytes = bytes;
            this.length = length;
        }
    }

    /** How many bytes wait. */
    public synchronized long taken() {
        return taken;
    }

    /**
     * For what one client has to read.
     *
     * @param drop ends its connection; must not block, and is called without any lock of this
     */
    public Share share(Runnable drop) {
        return new Share(drop);
    }

    /** What one client has to read. */
    public final class Share {
        private final Runnable drop;
        // Guarded by the memory. The set exists only while something waits, because most clients have read all most of
        // the time.
        private @Nullable Set<Held> held;
        private long bytes;
        private long since;
        private boolean over;

        private Share(Runnable drop) {
            this.drop = drop;
        }

        /** {@return bytes that are taken until they are given back, or null if there is no room or this has ended} */
        public @Nullable Held take(byte[] given) {
            return take(given, given.length);
        }

        /**
         * Counts bytes that are kept elsewhere, until they are given back.
         *
         * @return what gives them back, or null if there is no room or this has ended
         */
        public @Nullable Held count(long length) {
            return take(new byte[0], length);
        }

        private @Nullable Held take(byte[] given, long length) {
            while (true) {
                Share slow;
                synchronized (SendMemory.this) {
                    if (over) {
                        return null;
                    }
                    long more = pieces.containsKey(given) ? 0 : length;
                    boolean small = bytes + length <= SMALL_BYTES;
                    slow = small || more == 0 || taken + more <= limit ? null : slowest();
                    if (slow == null) {
                        return small || more == 0 || taken + more <= 2 * limit ? keep(given, length) : null;
                    }
                    slow.clear();
                }
                slow.drop.run();
            }
        }

        private Held keep(byte[] given, long length) {
            Piece piece = pieces.computeIfAbsent(given, bytes -> new Piece(bytes, length));
            if (piece.uses == 0) {
                taken += piece.length;
            }
            piece.uses++;
            Set<Held> all = held;
            if (all == null) {
                all = new HashSet<>(4);
                held = all;
                since = nanos.getAsLong();
                holders.add(this);
            }
            Held kept = new Held(this, piece);
            all.add(kept);
            bytes += piece.length;
            return kept;
        }

        private void give(Held kept) {
            Set<Held> all = held;
            if (all == null || !all.remove(kept)) {
                return;
            }
            release(kept.piece);
            bytes -= kept.piece.length;
            since = nanos.getAsLong();
            if (all.isEmpty()) {
                held = null;
                holders.remove(this);
            }
        }

        /** Gives back all, and takes no more. */
        public void end() {
            synchronized (SendMemory.this) {
                clear();
            }
        }

        private void clear() {
            over = true;
            Set<Held> all = held;
            if (all != null) {
                all.forEach(kept -> release(kept.piece));
                held = null;
                holders.remove(this);
            }
        }
    }

    /** Bytes that wait for one client. */
    public final class Held {
        private final Share share;
        private final Piece piece;

        private Held(Share share, Piece piece) {
            this.share = share;
            this.piece = piece;
        }

        /** The bytes, which others may have too: not to be changed. */
        public byte[] bytes() {
            return piece.bytes;
        }

        /** They are read; the time of what follows begins anew. Idempotent. */
        public void give() {
            synchronized (SendMemory.this) {
                share.give(this);
            }
        }
    }

    /** The client that has let something wait for longest, and for too long; null if there is none. */
    private @Nullable Share slowest() {
        long now = nanos.getAsLong();
        Share slowest = null;
        for (Share share : holders) {
            long waited = now - share.since;
            boolean slow = share.bytes > SMALL_BYTES && waited >= SLOW_NANOS;
            if (slow && (slowest == null || waited > now - slowest.since)) {
                slowest = share;
            }
        }
        return slowest;
    }

    private void release(Piece piece) {
        piece.uses--;
        if (piece.uses == 0) {
            pieces.remove(piece.bytes, piece);
            taken -= piece.length;
        }
    }
}
