package dev.meerkat.server.internal.calls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A shared secret that is compared in constant time and never shown. Thread-safe. */
public final class Secret {
    private final byte[] value;

    /** A secret. */
    public Secret(String value) {
        this.value = value.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether it is this. */
    public boolean is(@Nullable String shown) {
        return shown != null && MessageDigest.isEqual(value, shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Secret[...]";
    }
}
