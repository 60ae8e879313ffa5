package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Futures that callers hold, by the id of what they wait for: turns by their prompt, replies by their
 * request. Every waiter gets its own future, completed at the end of the turn or cancelled by the
 * waiter. Thread-safe.
 */
public final class Handles<K, V> {
    /** One who waits for something of a session. */
    private record Waiting<V>(SessionId of, CompletableFuture<V> future) {}

    private final Map<K, List<Waiting<V>>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A new future of an id that belongs to a session. */
    public CompletableFuture<V> expect(SessionId of, K id) {
        CompletableFuture<V> future = new CompletableFuture<>();
        waiting.merge(id, List.of(new Waiting<>(of, future)), Handles::joined);
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

    public void complete(K id, V value) {
        taken(id).forEach(w -> w.future.complete(value));
    }

    /** Nobody waits on this future any more. */
    @SuppressWarnings("ReferenceEquality") // a future equals itself only
    public void forget(K id, CompletableFuture<V> future) {
        List<Waiting<V>> unused = take(id, w -> w.future == future);
    }

    /** Takes those out for which something holds. */
    private List<Waiting<V>> take(K id, Predicate<Waiting<V>> wanted) {
        List<Waiting<V>> taken = new ArrayList<>();
        waiting.computeIfPresent(id, (key, before) -> {
            taken.clear();
            List<Waiting<V>> others = new ArrayList<>();
            before.forEach(w -> (wanted.test(w) ? taken : others).add(w));
            return others.isEmpty() ? null : others;
        });
        return taken;
    }

    public void close() {
        closed = true;
        failAll(id -> new MeerkatClosedException(
                "this Meerkat was closed before " + id + " came to an end; it goes on when the store is opened"));
    }

    /** What is waited for of a session. */
    public List<K> of(SessionId session) {
        List<K> ids = new ArrayList<>();
        waiting.forEach((id, those) -> {
            if (those.stream().anyMatch(w -> w.of.equals(session))) {
                ids.add(id);
            }
        });
        return ids;
    }

    /** The sessions of which something is waited for. */
    public Set<SessionId> sessions() {
        Set<SessionId> sessions = new HashSet<>();
        waiting.values().forEach(those -> those.forEach(w -> sessions.add(w.of)));
        return sessions;
    }

    /** Whether somebody waits for this. */
    boolean expects(K id) {
        return waiting.containsKey(id);
    }

    /** Nobody is to wait for this any longer. */
    public void fail(K id, MeerkatException reason) {
        taken(id).forEach(w -> w.future.completeExceptionally(reason));
    }

    /** Nobody is to wait for anything of a session any longer. */
    public void failAll(SessionId of, Function<K, MeerkatException> reason) {
        for (K id : List.copyOf(waiting.keySet())) {
            take(id, w -> w.of.equals(of)).forEach(w -> w.future.completeExceptionally(reason.apply(id)));
        }
    }

    /** Nobody is to wait for anything any longer. */
    public void failAll(Function<K, MeerkatException> reason) {
        List.copyOf(waiting.keySet()).forEach(id -> fail(id, reason.apply(id)));
    }

    private List<Waiting<V>> taken(K id) {
        List<Waiting<V>> taken = waiting.remove(id);
        return taken == null ? List.of() : taken;
    }
}
