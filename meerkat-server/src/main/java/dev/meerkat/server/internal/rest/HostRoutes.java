package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.WireJson;
import java.nio.charset.StandardCharsets;

/** The server itself, its requests, and messages between sessions. */
final class HostRoutes {
    private static final String HEALTH = "runtime/health";
    private static final int UNAVAILABLE = 503;

    private HostRoutes() {}

    /**
     * {@code GET /health}, for everyone: one word, or the codes of what is wrong, without messages, which may name files
     * and sessions.
     */
    static void alive(RestExchange exchange) {
        exchange.call(HEALTH, WireJson.object(), health -> {
            String status = health.path("status").asText();
            if (status(health) != UNAVAILABLE) {
                exchange.replyText(status.getBytes(StandardCharsets.UTF_8));
                return;
            }
            ObjectNode answer = WireJson.object().put("status", status);
            ArrayNode problems = answer.putArray("problems");
            health.path("problems")
                    .forEach(problem -> problems.addObject()
                            .put("code", problem.path("code").asText()));
            exchange.reply(UNAVAILABLE, answer);
        });
    }

    /** {@code GET /runtime/health}. */
    static void health(RestExchange exchange) {
        exchange.call(HEALTH, WireJson.object(), health -> exchange.reply(status(health), health));
    }

    private static int status(ObjectNode health) {
        return health.path("status").asText().equals("unavailable") ? UNAVAILABLE : 200;
    }

    /** A method without parameters. */
    static Route.Action ask(String method) {
        return exchange -> exchange.call(method, WireJson.object());
    }

    /** {@code POST /requests/{id}/cancel}. */
    static void cancel(RestExchange exchange) {
        exchange.reply(200, exchange.site().requests().cancel(exchange.path(0)));
    }

    /** {@code POST /comms/send}. */
    static void send(RestExchange exchange) {
        exchange.cancellable();
        exchange.body(body -> exchange.call("comms/send", body));
    }

    /** {@code GET /comms/peers}. */
    static void peers(RestExchange exchange) {
        String session = exchange.query(MethodParams.SESSION_ID).getValue(MethodParams.SESSION_ID);
        if (session == null) {
            throw HttpErrors.wrongQuery("missing field `" + MethodParams.SESSION_ID + "`");
        }
        ObjectNode params = MethodParams.session(session);
        exchange.call("comms/peers", params);
    }
}
