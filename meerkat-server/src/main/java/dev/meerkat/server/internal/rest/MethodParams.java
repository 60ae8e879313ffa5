package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.WireJson;

/** Parameters of methods. */
final class MethodParams {
    static final String SESSION_ID = "session_id";

    private MethodParams() {}

    /** Of a method that takes only a session. */
    static ObjectNode session(String session) {
        ObjectNode params = WireJson.object();
        params.put(SESSION_ID, session);
        return params;
    }

    /** Of a method that reads a session's log. */
    static ObjectNode scope(String session) {
        ObjectNode params = WireJson.object();
        ObjectNode scope = params.putObject("scope");
        scope.put("type", "session");
        scope.put(SESSION_ID, plain(session));
        return params;
    }

    /** The id of a session that may be written with its realm. */
    static String plain(String session) {
        return session.substring(session.lastIndexOf(':') + 1);
    }
}
