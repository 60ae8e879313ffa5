package dev.meerkat.testkit;

import dev.meerkat.core.IdSource;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Makes the same ids again from the same seed and clock. They have the form of version 7, sort in the
 * order of their making, and do not repeat within 2^32 ids. Thread-safe.
 */
public final class SeededIds implements IdSource {
    private static final int LOW_COUNTER_BITS = 20;
    private static final int RANDOM_BITS = 42;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 1L << 63;

    private final ReentrantLock lock = new ReentrantLock();
    private final RandomGenerator random;
    private final InstantSource clock;
    private long made;

    private SeededIds(long seed, InstantSource clock) {
        this.random = new java.util.SplittableRandom(seed);
        this.clock = clock;
    }

    /**
     * A source of ids.
     *
     * @param seed any number
     * @param clock the time in the ids, usually a {@link VirtualTime}
     * @return a new source
     */
    public static SeededIds of(long seed, InstantSource clock) {
        return new SeededIds(seed, clock);
    }

    @Override
    public UUID next() {
        lock.lock();
        try {
            long count = made++;
            long high = (count >>> LOW_COUNTER_BITS) & 0xFFF;
            long low = count & ((1L << LOW_COUNTER_BITS) - 1);
            long noise = random.nextLong() >>> (Long.SIZE - RANDOM_BITS);
            return new UUID((clock.millis() << 16) | VERSION_7 | high, VARIANT | (low << RANDOM_BITS) | noise);
        } finally {
            lock.unlock();
        }
    }
}
