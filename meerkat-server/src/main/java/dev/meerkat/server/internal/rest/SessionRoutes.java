package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.WireJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.util.Fields;

/** Sessions, their turns and their transcripts. */
final class SessionRoutes {
    private static final DateTimeFormatter RFC3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final String LIMIT = "limit";
    private static final String OFFSET = "offset";
    private static final String LABEL = "label";
    private static final String STATUS = "status";

    private SessionRoutes() {}

    /** {@code POST /sessions}. */
    static void create(RestExchange exchange) {
        exchange.cancellable();
        exchange.body(body -> exchange.call("session/create", body));
    }

    /** {@code GET /sessions}. */
    static void list(RestExchange exchange) {
        ObjectNode params = WireJson.object();
        Fields query = exchange.query(List.of(OFFSET, LIMIT), Set.of(LABEL));
        page(query, params);
        List<String> labels = query.getValuesOrEmpty(LABEL);
        if (!labels.isEmpty()) {
            ObjectNode wanted = params.putObject("labels");
            labels.forEach(label -> label(wanted, label));
        }
        exchange.call("session/list", params);
    }

    private static void label(ObjectNode labels, String text) {
        int equal = text.indexOf('=');
        if (equal < 1) {
            throw HttpErrors.badRequest("malformed label filter, expected key=value: " + text);
        }
        String name = text.substring(0, equal);
        if (labels.has(name)) {
            throw HttpErrors.wrongQuery("label: " + name + " must be there once at most");
        }
        labels.put(name, text.substring(equal + 1));
    }

    private static void page(Fields query, ObjectNode params) {
        for (String name : List.of(OFFSET, LIMIT)) {
            Query.number(name, query.getValue(name)).ifPresent(number -> params.put(name, number));
        }
    }

    /** {@code GET /sessions/{id}}. */
    static void read(RestExchange exchange) {
        exchange.call("session/read", MethodParams.session(exchange.path(0)), read -> {
            ObjectNode answer = WireJson.object();
            copy(read, answer, MethodParams.SESSION_ID);
            copy(read, answer, "session_ref");
            answer.put("created_at", time(read.path("created_at")));
            answer.put("updated_at", time(read.path("updated_at")));
            copy(read, answer, "message_count");
            answer.put("total_tokens", read.path("total_tokens").asLong());
            copy(read, answer, "comms_name");
            copy(read, answer, "parked");
            copy(read, answer, "keep_alive");
            copy(read, answer, "labels");
            exchange.reply(200, answer);
        });
    }

    private static void copy(ObjectNode from, ObjectNode to, String name) {
        JsonNode value = from.get(name);
        if (value != null) {
            to.set(name, value);
        }
    }

    /** Seconds of the epoch in the words of this surface. */
    private static String time(JsonNode seconds) {
        try {
            return RFC3339.format(Instant.ofEpochSecond(seconds.asLong()).atOffset(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw new IllegalStateException("a session of no time", e);
        }
    }

    /** {@code GET /sessions/{id}/history}. */
    static void history(RestExchange exchange) {
        ObjectNode params = MethodParams.session(exchange.path(0));
        page(exchange.query(OFFSET, LIMIT), params);
        exchange.call("session/history", params, page -> {
            if (!params.has(LIMIT)) {
                page.remove(LIMIT);
            }
            exchange.reply(200, page);
        });
    }

    /** {@code GET /sessions/{id}/status}. */
    static void status(RestExchange exchange) {
        exchange.call("session/read", MethodParams.session(exchange.path(0)).put("live", true), read -> {
            ObjectNode answer = WireJson.object();
            answer.put("state", read.path("is_active").asBoolean() ? "running" : "attached");
            exchange.reply(200, answer);
        });
    }

    /** {@code DELETE /sessions/{id}}. */
    static void archive(RestExchange exchange) {
        ofSession(exchange, "session/archive");
    }

    /** {@code POST /sessions/{id}/messages}. */
    static void turn(RestExchange exchange) {
        exchange.cancellable();
        exchange.body(body -> {
            String session = exchange.path(0);
            JsonNode named = body.get(MethodParams.SESSION_ID);
            if (named == null || !named.isTextual()) {
                throw HttpErrors.missing(MethodParams.SESSION_ID);
            }
            if (!MethodParams.plain(named.textValue()).equals(MethodParams.plain(session))) {
                throw HttpErrors.badRequest("Session ID mismatch: path=" + session + " body=" + named.textValue());
            }
            exchange.call("turn/start", body);
        });
    }

    /** {@code POST /sessions/{id}/interrupt}. */
    static void interrupt(RestExchange exchange) {
        ofSession(exchange, "turn/interrupt");
    }

    /** A call whose answer names the session, on each line. */
    private static void ofSession(RestExchange exchange, String method) {
        String session = exchange.path(0);
        exchange.call(method, MethodParams.session(session), done -> {
            done.put(MethodParams.SESSION_ID, MethodParams.plain(session));
            exchange.reply(200, done);
        });
    }

    /** {@code POST /sessions/{id}/runs/{run}/stop}. */
    static void stop(RestExchange exchange) {
        exchange.body(body -> {
            body.put(MethodParams.SESSION_ID, exchange.path(0));
            body.put("run_id", exchange.path(1));
            exchange.call("turn/stop_run", body);
        });
    }

    /** {@code POST /sessions/{id}/system_context}. */
    static void context(RestExchange exchange) {
        exchange.cancellable();
        exchange.body(body -> {
            String session = exchange.path(0);
            body.put(MethodParams.SESSION_ID, session);
            exchange.call("session/inject_context", body, result -> {
                ObjectNode answer = MethodParams.session(MethodParams.plain(session));
                copy(result, answer, STATUS);
                exchange.reply(200, answer);
            });
        });
    }
}
