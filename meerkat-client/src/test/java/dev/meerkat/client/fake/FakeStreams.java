package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** The streams that one connection has opened. Called with the lock. */
final class FakeStreams {
    private final FakeServer server;
    private final BiConsumer<String, ObjectNode> notifications;
    private final Map<String, Stream> streams = new HashMap<>();

    FakeStreams(FakeServer server, BiConsumer<String, ObjectNode> notifications) {
        this.server = server;
        this.notifications = notifications;
    }

    /** {@code session/stream_open}. */
    ObjectNode open(JsonNode params) {
        Shape.only(params, Set.of("session_id"));
        FakeSession session = server.any(params);
        if (session.archived) {
            throw server.line().is09()
                    ? FakeError.notFound(session.id)
                    : FakeError.value("Failed to subscribe to session events: session not found: " + session.id);
        }
        Stream stream = new Stream(server.ids().random(), session);
        streams.put(stream.id, stream);
        session.watchers.add(stream);
        return Js.obj("opened", true, "session_id", session.id, "stream_id", stream.id);
    }

    /** {@code session/stream_close}. */
    ObjectNode close(JsonNode params) {
        Shape.only(params, Set.of("stream_id"));
        String id = Shape.text(params, "stream_id");
        if (!Shape.isUuid(id)) {
            throw FakeError.value("Invalid stream_id: " + id);
        }
        Stream stream = streams.get(id);
        if (stream == null && server.line().is09()) {
            throw FakeError.value("Session event stream not tracked: " + id);
        }
        boolean closed = stream != null && stream.closed;
        if (stream != null && !closed) {
            stream.end("explicit_close");
        }
        return Js.obj("already_closed", closed, "closed", true, "stream_id", id);
    }

    void close() {
        streams.values().forEach(stream -> stream.session.watchers.remove(stream));
        streams.clear();
    }

    private final class Stream implements FakeSession.Watcher {
        private final String id;
        private final FakeSession session;
        private int sequence;
        private boolean closed;

        Stream(String id, FakeSession session) {
            this.id = id;
            this.session = session;
        }

        @Override
        public void event(ObjectNode envelope) {
            sequence++;
            notifications.accept(
                    "session/stream_event",
                    Js.obj("stream_id", id, "sequence", sequence, "session_id", session.id, "event", envelope));
        }

        @Override
        public void ended() {
            end("remote_end");
        }

        void end(String outcome) {
            closed = true;
            session.watchers.remove(this);
            notifications.accept(
                    "session/stream_end",
                    Js.obj("ended", true, "outcome", outcome, "session_id", session.id, "stream_id", id));
        }
    }
}
