package dev.meerkat.core.internal;

import dev.meerkat.api.SessionEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The open event streams of one session. Thread-safe. */
final class Watchers {
    private final List<LocalEventStream> streams = new CopyOnWriteArrayList<>();

    void add(LocalEventStream stream) {
        streams.add(stream);
    }

    void remove(LocalEventStream stream) {
        streams.remove(stream);
    }

    /** The log went on: whoever is at its end may read on. */
    void signal() {
        for (LocalEventStream stream : streams) {
            stream.signal();
        }
    }

    /** The same, with the input that the log went on with. */
    void signal(SessionEvent.InputAdmitted input) {
        for (LocalEventStream stream : streams) {
            stream.signal(input);
        }
    }

    void show(SessionEvent.Live event) {
        for (LocalEventStream stream : streams) {
            stream.offer(event);
        }
    }
}
