package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TurnId;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Sessions, their turns and their transcripts. */
final class SessionRoutes {
    private static final DateTimeFormatter RFC3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final String LABEL = "label";
    private static final String SESSION = "session_id";

    private SessionRoutes() {}

    /** {@code POST /sessions}. */
    static void create(RestExchange exchange) {
        exchange.cancellable();
        exchange.params("session/create", params -> run(exchange, calls -> calls.create(params, RestExchange.CALLER)));
    }

    private static void run(RestExchange exchange, Function<Calls, PendingCall<RunEnd>> begin) {
        exchange.call(
                () -> begin.apply(exchange.calls()),
                end -> exchange.reply(200, writer(exchange).run(end)));
    }

    /** {@code GET /sessions}. */
    static void list(RestExchange exchange) {
        Query query = new Query(exchange.query(List.of(Query.OFFSET, Query.LIMIT), Set.of(LABEL)));
        Map<String, String> labels = new LinkedHashMap<>();
        query.fields().getValuesOrEmpty(LABEL).forEach(label -> label(labels, label));
        Optional<Long> offset = query.number(Query.OFFSET);
        Optional<Long> limit = query.number(Query.LIMIT);
        exchange.run(() -> exchange.operations().list(labels, offset, limit), views -> {
            ObjectNode answer = WireJson.object();
            ArrayNode rows = answer.putArray("sessions");
            views.forEach(view -> rows.add(writer(exchange).row(view.snapshot(), view.updated())));
            exchange.reply(200, answer);
        });
    }

    private static void label(Map<String, String> labels, String text) {
        int equal = text.indexOf('=');
        if (equal < 1) {
            throw HttpErrors.badRequest("malformed label filter, expected key=value: " + text);
        }
        String name = text.substring(0, equal);
        if (labels.put(name, text.substring(equal + 1)) != null) {
            throw HttpErrors.wrongQuery("label: " + name + " must be there once at most");
        }
    }

    private static SessionWriter writer(RestExchange exchange) {
        return new SessionWriter(exchange.operations().realm(), exchange.line());
    }

    /** {@code GET /sessions/{id}}. */
    static void read(RestExchange exchange) {
        exchange.run(() -> exchange.operations().read(exchange.path(0)), view -> {
            SessionSnapshot session = view.snapshot();
            ObjectNode answer = writer(exchange)
                    .reference(session.id())
                    .put("created_at", time(session.createdAt()))
                    .put("updated_at", time(view.updated()))
                    .put("message_count", session.messageCount())
                    .put("total_tokens", 0);
            session.commsName().ifPresent(name -> answer.put("comms_name", name));
            SessionWriter.addParked(answer, session);
            session.commsName().ifPresent(name -> answer.put("keep_alive", session.keepAlive()));
            WireFields.addLabels(answer, session.labels());
            exchange.reply(200, answer);
        });
    }

    private static String time(Instant time) {
        return RFC3339.format(time.atOffset(ZoneOffset.UTC));
    }

    /** {@code GET /sessions/{id}/history}. */
    static void history(RestExchange exchange) {
        Query query = Query.of(exchange, Query.OFFSET, Query.LIMIT);
        Optional<Long> offset = query.number(Query.OFFSET);
        Optional<Long> limit = query.number(Query.LIMIT);
        exchange.page(() -> exchange.pages().history(exchange.path(0), offset, limit, limit.isPresent()));
    }

    /** {@code GET /sessions/{id}/status}. */
    static void status(RestExchange exchange) {
        exchange.run(() -> exchange.operations().readLive(exchange.path(0)), session -> {
            boolean running = session.state() == SessionSnapshot.State.RUNNING;
            exchange.reply(200, WireJson.object().put("state", running ? "running" : "attached"));
        });
    }

    /** {@code DELETE /sessions/{id}}. */
    static void archive(RestExchange exchange) {
        exchange.run(
                () -> exchange.operations().archive(exchange.path(0)),
                session -> exchange.reply(
                        200, WireJson.object().put("archived", true).put(SESSION, session.toString())));
    }

    /** {@code POST /sessions/{id}/messages}. */
    static void turn(RestExchange exchange) {
        exchange.cancellable();
        exchange.params("turn/start", params -> {
            String session = exchange.path(0);
            JsonNode named = params.node(SESSION);
            if (!named.isTextual()) {
                throw HttpErrors.missing(SESSION);
            }
            if (!plain(named.textValue()).equals(plain(session))) {
                throw HttpErrors.badRequest("Session ID mismatch: path=" + session + " body=" + named.textValue());
            }
            run(exchange, calls -> calls.startTurn(params, RestExchange.CALLER));
        });
    }

    /** The id of a session that may be written with its realm. */
    private static String plain(String locator) {
        return locator.substring(locator.lastIndexOf(':') + 1);
    }

    /** {@code POST /sessions/{id}/interrupt}. */
    static void interrupt(RestExchange exchange) {
        exchange.run(() -> exchange.operations().interrupt(exchange.path(0)), done -> {
            ObjectNode answer = writer(exchange).interrupted(done.session(), done.neverStarted());
            exchange.reply(200, answer.put(SESSION, done.session().toString()));
        });
    }

    /** {@code POST /sessions/{id}/runs/{run}/stop}. */
    static void stop(RestExchange exchange) {
        exchange.params("turn/stop_run", params -> {
            String unused = params.only(Set.of(SESSION, "run_id", "reason")).text("reason");
            TurnId run = TurnId.of(exchange.path(1));
            exchange.run(
                    () -> exchange.operations().stopRun(exchange.path(0), run),
                    done -> exchange.reply(
                            200, SessionWriter.stopped(done.session(), run, done.stopped(), done.current())));
        });
    }

    /** {@code POST /sessions/{id}/system_context}. */
    static void context(RestExchange exchange) {
        exchange.cancellable();
        exchange.params("session/inject_context", params -> {
            ContextNote note = InputReader.note(params, exchange.line());
            exchange.run(
                    () -> exchange.operations().injectContext(exchange.path(0), note),
                    added -> exchange.reply(
                            200,
                            WireJson.object()
                                    .put(SESSION, plain(exchange.path(0)))
                                    .put("status", InputWriter.context(added, exchange.line()))));
        });
    }
}
