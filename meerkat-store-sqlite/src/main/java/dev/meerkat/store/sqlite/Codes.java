package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.Track;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** How single values are stored in columns. None of it may ever change its meaning. */
final class Codes {
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
