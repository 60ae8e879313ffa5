package dev.meerkat.core.internal;

import dev.meerkat.api.MeerkatClosedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Futures that callers hold, by the id of what they wait for: turns by their prompt, replies by their
 * request. An entry lives until its end comes, or nobody waits any more. Thread-safe.
 */
final class Handles<K, V> {
    private final Map<K, CompletableFuture<V>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** The future of an id, the same for all who ask before it completes. */
    CompletableFuture<V> expect(K id) {
        CompletableFuture<V> future = waiting.computeIfAbsent(id, key -> new CompletableFuture<>());
        if (closed) {
            close();
        }
        return future;
    }

    void complete(K id, V value) {
        CompletableFuture<V> future = waiting.remove(id);
        if (future != null) {
            future.complete(value);
        }
    }

    /** Nobody waits for the id any more. */
    void forget(K id) {
        waiting.remove(id);
    }

    void close() {
        closed = true;
        for (K id : List.copyOf(waiting.keySet())) {
            CompletableFuture<V> future = waiting.remove(id);
            if (future != null) {
                future.completeExceptionally(new MeerkatClosedException("this Meerkat was closed before " + id
                        + " came to an end; it goes on when the store is opened"));
            }
        }
    }
}
