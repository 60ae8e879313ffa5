package dev.meerkat.server.internal.calls;

import java.util.LinkedHashSet;
import java.util.Set;

/** What was added last, up to a bound. Not thread-safe. */
public final class RecentSet<T> {
    private final int most;
    private final Set<T> values = new LinkedHashSet<>();

    /** An empty one. */
    public RecentSet(int most) {
        this.most = most;
    }

    /** Adds a value, in place of the eldest if there are too many. */
    public void add(T value) {
        if (values.add(value) && values.size() > most) {
            values.remove(values.iterator().next());
        }
    }

    /** Removes a value, if it is there. */
    public void remove(T value) {
        values.remove(value);
    }

    /** Whether a value is there. */
    public boolean contains(T value) {
        return values.contains(value);
    }
}
