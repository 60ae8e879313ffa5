package dev.meerkat.client.fake;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that are the same in each run. Thread-safe. */
final class FakeIds {
    private static final long TIME_BITS = 0x01a0_0000_0000_0000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final AtomicLong next = new AtomicLong();

    /** For sessions, inputs, runs and events. */
    String timed() {
        return new UUID(TIME_BITS | 0x7000L, VARIANT | next.incrementAndGet()).toString();
    }

    /** For envelopes and streams. */
    String random() {
        return new UUID(TIME_BITS | 0x4000L, VARIANT | next.incrementAndGet()).toString();
    }

    /** The peer id of a session. */
    static String peer(String sessionId) {
        UUID hash = UUID.nameUUIDFromBytes(sessionId.getBytes(StandardCharsets.UTF_8));
        return new UUID(hash.getMostSignificantBits() & ~0xf000L | 0x5000L, hash.getLeastSignificantBits()).toString();
    }
}
