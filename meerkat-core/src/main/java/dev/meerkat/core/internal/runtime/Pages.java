package dev.meerkat.core.internal.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Goes through what a store gives page by page. */
public final class Pages {
    private static final int SIZE = 256;

    /**
     * Reads one page: the first one after null, each other one after the key of the last element before it.
     *
     * @param <K> what tells where a page begins
     * @param <T> what is read
     */
    @FunctionalInterface
    public interface Page<K, T> {
        List<T> read(@Nullable K after, int limit);
    }

    private Pages() {}

    /** Everything. */
    public static <K, T> List<T> all(Page<K, T> page, Function<T, K> key) {
        List<T> all = new ArrayList<>();
        boolean unused = any(page, key, element -> !all.add(element));
        return all;
    }

    /** Whether an element is the wanted one; those after it are not read. */
    public static <K, T> boolean any(Page<K, T> page, Function<T, K> key, Predicate<T> wanted) {
        @Nullable K after = null;
        while (true) {
            List<T> read = page.read(after, SIZE);
            if (read.stream().anyMatch(wanted)) {
                return true;
            }
            if (read.size() < SIZE) {
                return false;
            }
            after = key.apply(read.get(read.size() - 1));
        }
    }
}
