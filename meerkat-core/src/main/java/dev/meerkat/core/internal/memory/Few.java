package dev.meerkat.core.internal.memory;

import java.util.HashMap;
import java.util.Map;

/** Maps that have no entry or one most of the time, and take little room then. The result takes the place of the argument. */
final class Few {
    private Few() {}

    /** With an entry more, or another value. */
    static <K, V> Map<K, V> with(Map<K, V> map, K key, V value) {
        if (map.isEmpty()) {
            return Map.of(key, value);
        }
        Map<K, V> larger = map instanceof HashMap ? map : new HashMap<>(map);
        larger.put(key, value);
        return larger;
    }

    /** Without an entry, if it is there. */
    static <K, V> Map<K, V> without(Map<K, V> map, K key) {
        if (!map.containsKey(key)) {
            return map;
        }
        if (map.size() == 1) {
            return Map.of();
        }
        map.remove(key);
        return map;
    }
}
