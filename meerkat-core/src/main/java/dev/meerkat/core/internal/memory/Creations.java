package dev.meerkat.core.internal.memory;

import dev.meerkat.core.store.MemoryStore;
import org.jspecify.annotations.Nullable;

/** All sessions of a {@link MemoryStore} in the order of their creation. Thread-safe; its monitor is never held while waiting. */
public final class Creations {
    private @Nullable MemorySession first;
    private @Nullable MemorySession last;

    /** The newest one. */
    public synchronized void add(MemorySession session) {
        MemorySession before = last;
        session.previous = before;
        if (before == null) {
            first = session;
        } else {
            before.next = session;
        }
        last = session;
    }

    /** Whoever is at it now still finds those behind it. */
    public synchronized void remove(MemorySession session) {
        MemorySession before = session.previous;
        MemorySession after = session.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        session.gone = true;
    }

    /** The next one that is there, or the first one; null if there is none. */
    public synchronized @Nullable MemorySession after(@Nullable MemorySession session) {
        MemorySession next = session == null ? first : session.next;
        while (next != null && next.gone) {
            next = next.next;
        }
        return next;
    }
}
