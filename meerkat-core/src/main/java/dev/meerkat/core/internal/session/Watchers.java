package dev.meerkat.core.internal.session;

import dev.meerkat.api.SessionEvent;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who watch one session. Thread-safe. */
public final class Watchers {
    /** Somebody who reads a session's events. Each call returns at once. */
    public interface Watcher {
        /** The log went on. */
        void signal();

        /** The log went on with an input. */
        void signal(SessionEvent.InputAdmitted input);

        /** Something happens that is not in the log. */
        void offer(SessionEvent.Live event);

        /** The runtime is closed. */
        void meerkatClosed();
    }

    private final List<Watcher> watching = new CopyOnWriteArrayList<>();

    void add(Watcher watcher) {
        watching.add(watcher);
    }

    void remove(Watcher watcher) {
        watching.remove(watcher);
    }

    boolean isEmpty() {
        return watching.isEmpty();
    }

    /** The log went on: whoever is at its end may read on. */
    void signal() {
        for (Watcher watcher : watching) {
            watcher.signal();
        }
    }

    /** The same, with the input that the log went on with. */
    void signal(SessionEvent.InputAdmitted input) {
        for (Watcher watcher : watching) {
            watcher.signal(input);
        }
    }

    /** The runtime is closed. */
    void close() {
        for (Watcher watcher : watching) {
            watcher.signal();
            watcher.meerkatClosed();
        }
    }

    void show(SessionEvent.Live event) {
        for (Watcher watcher : watching) {
            watcher.offer(event);
        }
    }

    /** Those of this moment. */
    Iterator<Watcher> now() {
        return watching.iterator();
    }
}
