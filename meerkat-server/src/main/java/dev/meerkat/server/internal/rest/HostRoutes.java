package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.core.Health;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.form.ApiCall;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The server itself, its requests, and messages between sessions. */
final class HostRoutes {
    private static final int UNAVAILABLE = 503;

    /** What only those may say who know the webhook secret, if there is one. */
    private static final Set<String> OF_OUTSIDERS =
            Set.of(ApiCall.EXTERNAL_EVENT.word(), ApiCall.DELIVER_PEER_ANSWER.word());

    private HostRoutes() {}

    /**
     * {@code GET /health}, for everyone: one word, or the codes of what is wrong, without messages, which may name files
     * and sessions. It waits for nothing, and must be told of a server that has too much to do, too.
     */
    static void alive(RestExchange exchange) {
        Health health = exchange.operations().health();
        String status = HostWriter.word(health.status());
        if (status(health) != UNAVAILABLE) {
            exchange.replyText(status.getBytes(StandardCharsets.UTF_8));
            return;
        }
        ObjectNode answer = WireJson.object().put("status", status);
        ArrayNode problems = answer.putArray("problems");
        health.problems().forEach(problem -> problems.addObject().put("code", problem.code()));
        exchange.reply(UNAVAILABLE, answer);
    }

    /** {@code GET /runtime/health}. */
    static void health(RestExchange exchange) {
        Health health = exchange.operations().health();
        exchange.reply(status(health), HostWriter.health(health, exchange.line()));
    }

    private static int status(Health health) {
        return health.status() == Health.Status.UNAVAILABLE ? UNAVAILABLE : 200;
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

    /** {@code POST /meerkat_api/{call}}. */
    static void api(RestExchange exchange) {
        if (OF_OUTSIDERS.contains(exchange.path(0))) {
            InputRoutes.secret(exchange);
        }
        exchange.body(body -> exchange.call(ApiCall.FEATURE + "/" + exchange.path(0), body));
    }

    /** {@code GET /comms/peers}. */
    static void peers(RestExchange exchange) {
        String session = exchange.query("session_id").getValue("session_id");
        if (session == null) {
            throw HttpErrors.wrongQuery("missing field `session_id`");
        }
        exchange.call("comms/peers", WireJson.object().put("session_id", session));
    }
}
