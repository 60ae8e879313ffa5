package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.util.Map;

/** Listing, reading and archiving. */
final class SessionMethods {
    private static final int DEFAULT_LIMIT = 100;
    /** Where a contract line has no limit. */
    private static final int MOST = 10_000;

    private static final int MAX_OFFSET = 1_000_000;

    private final Meerkat meerkat;
    private final Sessions sessions;
    private final ContractLine line;
    private final SessionWriter writer;

    SessionMethods(Meerkat meerkat, Sessions sessions, ContractLine line, SessionWriter writer) {
        this.meerkat = meerkat;
        this.sessions = sessions;
        this.line = line;
        this.writer = writer;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("session/list", Method.direct(this::list));
        methods.put("session/read", Method.direct(this::read));
        methods.put("session/archive", Method.direct(this::archive));
    }

    private ObjectNode list(Params params, Caller caller) throws InterruptedException {
        int limit = line.listsAllSessions()
                ? (int) Math.min(MOST, params.optionalCount("limit").orElse((long) MOST))
                : bounded(params, "limit", DEFAULT_LIMIT, Limits.PAGE_ROWS);
        int offset = bounded(params, "offset", 0, MAX_OFFSET);
        ObjectNode answer = WireJson.object();
        ArrayNode rows = answer.putArray("sessions");
        if (limit > 0) {
            for (SessionSnapshot session : sessions.list(params.texts("labels"), offset, limit)) {
                rows.add(writer.row(session, Sessions.updated(meerkat.open(session.id()), session)));
            }
        }
        return answer;
    }

    private static int bounded(Params params, String field, int absent, int max) {
        long value = params.optionalCount(field).orElse((long) absent);
        if (value > max) {
            throw Faults.badRequest(field + " " + value + " exceeds the RPC collection maximum of " + max);
        }
        return (int) value;
    }

    private ObjectNode read(Params params, Caller caller) throws InterruptedException {
        Session session = sessions.open(params.text("session_id"));
        // REST asks so for the state of what runs, and is not told of what is over, on no line.
        if (caller.surface() == Surface.REST
                && params.flag("live")
                && session.snapshot().state() == SessionSnapshot.State.ARCHIVED) {
            throw new SessionArchivedException(session.id());
        }
        return read(session);
    }

    /** What {@code session/read} answers. */
    ObjectNode read(Session session) throws InterruptedException {
        SessionSnapshot snapshot = session.snapshot();
        if (snapshot.state() == SessionSnapshot.State.ARCHIVED && !line.readsArchived()) {
            throw new SessionArchivedException(session.id());
        }
        return writer.read(snapshot, Sessions.updated(session, snapshot));
    }

    private ObjectNode archive(Params params, Caller caller) throws InterruptedException {
        sessions.open(params.text("session_id")).archive();
        return WireJson.object().put("archived", true);
    }
}
