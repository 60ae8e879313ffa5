package dev.meerkat.core.internal.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** UUIDs of version 5: the same name in the same namespace is always the same id. */
public final class NameIds {
    private static final int UUID_BYTES = 16;
    private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
    private static final long VERSION_5 = 0x5000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    /** One for each thread: a turn that sends much needs many, and each new one costs more than what it is made for. */
    private static final ThreadLocal<MessageDigest> SHA_1 = ThreadLocal.withInitial(NameIds::newSha1);

    private NameIds() {}

    public static UUID of(UUID namespace, String name) {
        return of(namespace, name.getBytes(StandardCharsets.UTF_8));
    }

    public static UUID of(UUID namespace, byte[] name) {
        MessageDigest sha1 = SHA_1.get();
        sha1.reset();
        sha1.update(ByteBuffer.allocate(UUID_BYTES)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .array());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name));
        return new UUID((hash.getLong() & VERSION_MASK) | VERSION_5, (hash.getLong() & VARIANT_MASK) | VARIANT);
    }

    private static MessageDigest newSha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1, and UUIDs of version 5 need it", e);
        }
    }
}
