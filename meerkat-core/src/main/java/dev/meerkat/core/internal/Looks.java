package dev.meerkat.core.internal;

import dev.meerkat.api.SessionId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at sessions in which others may have done something: at several at once, and at each by one thread at a time. A
 * session that is named again before its look has begun is looked at once, and one that is named during its look is looked
 * at again. Who names them does not wait, so that what is told next is heard. Guarded by its monitor, which is never held
 * while calling out. Thread-safe.
 */
final class Looks {
    /** Each look reads a few rows; more at once would take connections from others. */
    private static final int LANES = 4;

    private final Executor threads;
    private final Consumer<SessionId> look;
    private final Set<SessionId> waiting = new LinkedHashSet<>();
    private final Set<SessionId> running = new HashSet<>();
    private int lanes;

    /**
     * None yet.
     *
     * @param threads run the looks, which may wait for the store
     * @param look looks at one session, and throws nothing
     */
    Looks(Executor threads, Consumer<SessionId> look) {
        this.threads = threads;
        this.look = look;
    }

    /** Looks at these sessions soon. */
    void at(Collection<SessionId> sessions) {
        int more;
        synchronized (this) {
            waiting.addAll(sessions);
            more = Math.max(0, Math.min(LANES - lanes, waiting.size()));
            lanes += more;
        }
        for (int i = 0; i < more; i++) {
            boolean begun = false;
            try {
                threads.execute(this::lane);
                begun = true;
            } finally {
                if (!begun) {
                    ended(more - i);
                }
            }
        }
    }

    /** How many sessions wait for their look. */
    synchronized int waiting() {
        return waiting.size();
    }

    private synchronized void ended(int these) {
        lanes -= these;
    }

    private void lane() {
        SessionId next = next(null);
        while (next != null) {
            SessionId done = next;
            boolean looked = false;
            try {
                look.accept(done);
                looked = true;
            } finally {
                next = looked ? next(done) : failed(done);
            }
        }
    }

    /** One that no other lane looks at; null ends the lane. What waits for another lane is found when that one is done. */
    private synchronized @Nullable SessionId next(@Nullable SessionId done) {
        running.remove(done);
        for (Iterator<SessionId> each = waiting.iterator(); each.hasNext(); ) {
            SessionId id = each.next();
            if (running.add(id)) {
                each.remove();
                return id;
            }
        }
        lanes--;
        return null;
    }

    private synchronized @Nullable SessionId failed(SessionId done) {
        running.remove(done);
        lanes--;
        return null;
    }
}
