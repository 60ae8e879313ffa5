package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Session;
import dev.meerkat.wire.internal.Params;
import java.util.Map;

/** Finds the sessions whose logs and transcripts are to be read. */
final class LogMethods {
    private final Sessions sessions;
    private final EventMethods events;
    private final HistoryMethod history;

    LogMethods(Sessions sessions, EventMethods events, HistoryMethod history) {
        this.sessions = sessions;
        this.events = events;
        this.history = history;
    }

    /** Reads of a session. */
    @FunctionalInterface
    private interface Reading {
        ObjectNode answer(ObjectNode params, Session session) throws InterruptedException;
    }

    void addTo(Map<String, Method> methods) {
        methods.put(
                "session/history",
                Method.reading(
                        (params, caller) -> history.history(params.tree(), sessions.open(params.text("session_id")))));
        methods.put("events/latest_cursor", scoped(events::latestCursor));
        methods.put("events/list_since", scoped(events::listSince));
        methods.put("events/snapshot", scoped(events::snapshot));
    }

    /** The log of a session is named by a scope, of which there is no other kind here. */
    private Method scoped(Reading reading) {
        return Method.reading((params, caller) -> {
            Params scope = params.object("scope");
            if (!scope.text("type").equals("session")) {
                throw scope.wrong("type", scope.node("type"), "must be session");
            }
            return reading.answer(params.tree(), sessions.open(scope.text("session_id")));
        });
    }
}
