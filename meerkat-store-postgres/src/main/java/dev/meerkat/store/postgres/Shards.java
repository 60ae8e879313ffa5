package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The shards that this node owns, as far as it knows: never one that it does not own, but for what the database finds out
 * when it writes. Thread-safe.
 */
final class Shards {
    /** How many there are; it can never change. */
    static final int COUNT = 256;

    /** The epoch of each that is owned, and 0 for the others. */
    private final AtomicLongArray epochs = new AtomicLongArray(COUNT);
    /** 1 for those that are being given up. */
    private final AtomicLongArray leaving = new AtomicLongArray(COUNT);

    /** The shard of a session: the last byte of its id. */
    static int of(SessionId session) {
        return (int) (session.value().getLeastSignificantBits() & (COUNT - 1));
    }

    /** The epoch in which a shard is owned; 0 if it is not. */
    long epoch(int shard) {
        return epochs.get(shard);
    }

    void own(int shard, long epoch) {
        leaving.set(shard, 0);
        epochs.set(shard, epoch);
    }

    void drop(int shard) {
        epochs.set(shard, 0);
    }

    /** Another node was seen to have it in that epoch; what this one has claimed since stays. */
    void lost(int shard, long epoch) {
        long unused = epochs.updateAndGet(shard, own -> own <= epoch ? 0 : own);
    }

    /**
     * Forgets all that are not owned in these epochs.
     *
     * @param stored the epochs of those that are this node's, as far as the database knows
     * @return whether there were any
     */
    boolean keep(Map<Integer, Long> stored) {
        boolean forgotten = false;
        for (int shard : owned()) {
            long own = epoch(shard);
            forgotten |= own != stored.getOrDefault(shard, 0L) && epochs.compareAndSet(shard, own, 0);
        }
        return forgotten;
    }

    void dropAll() {
        for (int shard = 0; shard < COUNT; shard++) {
            drop(shard);
        }
    }

    /** No new turns begin in it, until {@link #stay}. */
    void leave(int shard) {
        leaving.set(shard, 1);
    }

    /** It is not given up after all; false if it is. */
    boolean stay(int shard) {
        leaving.set(shard, 0);
        return epoch(shard) != 0;
    }

    boolean isLeaving(int shard) {
        return leaving.get(shard) != 0;
    }

    List<Integer> owned() {
        List<Integer> owned = new ArrayList<>();
        for (int shard = 0; shard < COUNT; shard++) {
            if (epoch(shard) != 0) {
                owned.add(shard);
            }
        }
        return owned;
    }
}
