package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.http.Refusals;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;

/** Sessions, their turns and their transcripts. */
final class SessionRoutes {
    private static final DateTimeFormatter RFC3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final String LIMIT = "limit";
    private static final String STATUS = "status";

    /** What REST takes for a turn and other surfaces do not; a session keeps its name and its card. */
    private static final Set<String> NOT_OF_A_TURN = Set.of("comms_name", "peer_meta", "verbose");

    private SessionRoutes() {}

    /** {@code POST /sessions}. */
    static void create(Exchange exchange) {
        exchange.cancellable();
        exchange.body(body -> exchange.call("session/create", body));
    }

    /** {@code GET /sessions}. */
    static void list(Exchange exchange) {
        ObjectNode params = WireJson.object();
        page(exchange, params);
        List<String> labels = exchange.query().getValuesOrEmpty("label");
        if (!labels.isEmpty()) {
            ObjectNode wanted = params.putObject("labels");
            labels.forEach(label -> label(wanted, label));
        }
        exchange.call("session/list", params);
    }

    private static void label(ObjectNode labels, String text) {
        int equal = text.indexOf('=');
        if (equal < 1) {
            throw Refusals.badRequest("malformed label filter, expected key=value: " + text);
        }
        labels.put(text.substring(0, equal), text.substring(equal + 1));
    }

    private static void page(Exchange exchange, ObjectNode params) {
        for (String name : List.of("offset", LIMIT)) {
            Query.number(name, exchange.query().getValue(name)).ifPresent(number -> params.put(name, number));
        }
    }

    /** {@code GET /sessions/{id}}. */
    static void read(Exchange exchange) {
        exchange.call("session/read", Params.session(exchange.path(0)), read -> {
            ObjectNode answer = WireJson.object();
            copy(read, answer, Params.SESSION_ID);
            copy(read, answer, "session_ref");
            answer.put("created_at", time(read.path("created_at")));
            answer.put("updated_at", time(read.path("updated_at")));
            copy(read, answer, "message_count");
            answer.put("total_tokens", read.path("total_tokens").asLong());
            copy(read, answer, "comms_name");
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
    static void history(Exchange exchange) {
        ObjectNode params = Params.session(exchange.path(0));
        page(exchange, params);
        exchange.call("session/history", params, page -> {
            if (!params.has(LIMIT)) {
                page.remove(LIMIT);
            }
            exchange.reply(200, page);
        });
    }

    /** {@code GET /sessions/{id}/status}. */
    static void status(Exchange exchange) {
        exchange.call("session/read", Params.session(exchange.path(0)).put("live", true), read -> {
            ObjectNode answer = WireJson.object();
            answer.put("state", read.path("is_active").asBoolean() ? "running" : "attached");
            exchange.reply(200, answer);
        });
    }

    /** {@code DELETE /sessions/{id}}. */
    static void archive(Exchange exchange) {
        ofSession(exchange, "session/archive");
    }

    /** {@code POST /sessions/{id}/messages}. */
    static void turn(Exchange exchange) {
        exchange.cancellable();
        exchange.body(body -> {
            String session = exchange.path(0);
            JsonNode named = body.get(Params.SESSION_ID);
            if (named == null || !named.isTextual()) {
                throw Refusals.missing(Params.SESSION_ID);
            }
            if (!Params.plain(named.textValue()).equals(Params.plain(session))) {
                throw Refusals.badRequest("Session ID mismatch: path=" + session + " body=" + named.textValue());
            }
            body.remove(NOT_OF_A_TURN);
            exchange.call("turn/start", body);
        });
    }

    /** {@code POST /sessions/{id}/interrupt}. */
    static void interrupt(Exchange exchange) {
        ofSession(exchange, "turn/interrupt");
    }

    /** A call whose answer names the session, on each line. */
    private static void ofSession(Exchange exchange, String method) {
        String session = exchange.path(0);
        exchange.call(method, Params.session(session), done -> {
            done.put(Params.SESSION_ID, Params.plain(session));
            exchange.reply(200, done);
        });
    }

    /** {@code POST /sessions/{id}/runs/{run}/stop}. */
    static void stop(Exchange exchange) {
        exchange.body(body -> {
            body.put(Params.SESSION_ID, exchange.path(0));
            body.put("run_id", exchange.path(1));
            exchange.call("turn/stop_run", body);
        });
    }

    /** {@code POST /sessions/{id}/system_context}. */
    static void context(Exchange exchange) {
        exchange.cancellable();
        exchange.body(body -> {
            String session = exchange.path(0);
            body.put(Params.SESSION_ID, session);
            exchange.call("session/inject_context", body, result -> {
                ObjectNode answer = Params.session(Params.plain(session));
                copy(result, answer, STATUS);
                exchange.reply(200, answer);
            });
        });
    }
}
