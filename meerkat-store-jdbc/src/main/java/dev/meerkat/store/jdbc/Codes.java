package dev.meerkat.store.jdbc;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.core.store.Track;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/** How single values are stored in columns. None of it may ever change its meaning. */
final class Codes {
    private static final long NANOS = 1_000_000_000L;

    private Codes() {}

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** Nanoseconds since 1970, which reach the year 2262. */
    static long nanos(Instant at) {
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), NANOS), at.getNano());
    }

    /** Refuses times that {@link #nanos} cannot tell, before anything is written. */
    static void check(Instant at) {
        if (at.isBefore(instant(Long.MIN_VALUE)) || at.isAfter(instant(Long.MAX_VALUE))) {
            throw new InvalidFieldException("at", at.toString(), "must be between the years 1678 and 2262");
        }
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    static int code(Track track) {
        return switch (track) {
            case PROMPT -> 0;
            case QUEUED -> 1;
            case STEERED -> 2;
            case PASSIVE -> 3;
            case EXTERNAL -> 4;
        };
    }

    /** The column of {@code progress} that says how much of a track is consumed. */
    static String consumedColumn(Track track) {
        return switch (track) {
            case PROMPT -> "prompt";
            case QUEUED -> "queued";
            case STEERED -> "steered";
            case PASSIVE -> "passive";
            case EXTERNAL -> "external";
        };
    }

    /**
     * Eight bytes instead of a whole idempotency key, so that the table of keys, whose every insert
     * hits another page, stays small. The key itself is in the input's row; should two keys of a
     * session have the same first hash, the later one goes by its next. The hash must be one for
     * which nobody can choose collisions.
     */
    static long[] hashes(String key) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
            return new long[] {digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong()};
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
