package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Who gets the {@code session/event} copies: of all connections the newest, whoever began the turn.
 * Guarded by the server's lock.
 */
final class FakeCopies {
    /** One connection. */
    interface Sink {
        void copy(String sessionId, ObjectNode envelope);
    }

    private final List<Sink> sinks = new ArrayList<>();

    void add(Sink sink) {
        sinks.add(sink);
    }

    void remove(Sink sink) {
        sinks.remove(sink);
    }

    void send(String sessionId, ObjectNode envelope) {
        if (!sinks.isEmpty()) {
            sinks.get(sinks.size() - 1).copy(sessionId, envelope);
        }
    }
}
