package dev.meerkat.core.internal;

import dev.meerkat.api.StoreInUseException;
import dev.meerkat.core.store.SessionStore;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The stores that have an open runtime in this process. Two runtimes on one store would not hear of each other's work.
 * Thread-safe.
 */
public final class Claims {
    private static final Map<SessionStore, String> HELD = Collections.synchronizedMap(new WeakHashMap<>());

    private Claims() {}

    /**
     * Takes a store.
     *
     * @param holder who takes it, for messages
     * @throws StoreInUseException if another runtime has it
     */
    public static void claim(SessionStore store, String holder) {
        String before = HELD.putIfAbsent(store, holder);
        if (before != null) {
            throw new StoreInUseException("the store " + store.describe() + " is in use by " + before
                    + "; close that one first, or give this one a store of its own");
        }
    }

    /** Gives a store back. */
    public static void release(SessionStore store) {
        HELD.remove(store);
    }
}
