package dev.meerkat.core.internal;

import dev.meerkat.api.MeerkatClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Futures that callers hold, by the id of what they wait for: turns by their prompt, replies by their
 * request. Each who waits has a future of its own, which lives until the end comes, or until it is
 * given up. Thread-safe.
 */
final class Handles<K, V> {
    private final Map<K, List<CompletableFuture<V>>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A new future of an id. */
    CompletableFuture<V> expect(K id) {
        CompletableFuture<V> future = new CompletableFuture<>();
        waiting.merge(id, List.of(future), Handles::joined);
        if (closed) {
            close();
        }
        return future;
    }

    private static <T> List<T> joined(List<T> before, List<T> added) {
        List<T> joined = new ArrayList<>(before);
        joined.addAll(added);
        return joined;
    }

    void complete(K id, V value) {
        taken(id).forEach(future -> future.complete(value));
    }

    /** Nobody waits on this future any more. */
    @SuppressWarnings("ReferenceEquality") // a future equals itself only
    void forget(K id, CompletableFuture<V> future) {
        waiting.computeIfPresent(id, (key, before) -> {
            List<CompletableFuture<V>> others =
                    before.stream().filter(f -> f != future).toList();
            return others.isEmpty() ? null : others;
        });
    }

    void close() {
        closed = true;
        for (K id : List.copyOf(waiting.keySet())) {
            taken(id)
                    .forEach(future ->
                            future.completeExceptionally(new MeerkatClosedException("this Meerkat was closed before "
                                    + id + " came to an end; it goes on when the store is opened")));
        }
    }

    private List<CompletableFuture<V>> taken(K id) {
        List<CompletableFuture<V>> taken = waiting.remove(id);
        return taken == null ? List.of() : taken;
    }
}
