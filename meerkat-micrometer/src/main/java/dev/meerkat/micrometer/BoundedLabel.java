package dev.meerkat.micrometer;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The values of one label. The first ones are kept, and all others are told as {@code other}: a label whose values come
 * from agents must not make more and more time series. Thread-safe.
 */
final class BoundedLabel {
    private static final int MOST = 100;

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();

    String of(String value) {
        if (known.contains(value)) {
            return value;
        }
        if (size.incrementAndGet() > MOST) {
            size.decrementAndGet();
            return "other";
        }
        if (!known.add(value)) {
            size.decrementAndGet();
        }
        return value;
    }

    String of(Optional<String> value, String absent) {
        return value.isPresent() ? of(value.get()) : absent;
    }
}
