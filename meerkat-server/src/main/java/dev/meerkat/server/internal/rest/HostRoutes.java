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

    /** {@code GET /capabilities}. */
    static void capabilities(RestExchange exchange) {
        exchange.reply(200, exchange.calls().host().capabilities());
    }

    /** {@code GET /runtime/host_info}. */
    static void info(RestExchange exchange) {
        exchange.reply(200, exchange.calls().host().info());
    }

    /** {@code POST /requests/{id}/cancel}. */
    static void cancel(RestExchange exchange) {
        exchange.reply(200, exchange.site().requests().cancel(exchange.path(0)));
    }

    /** {@code POST /comms/send}. */
    static void send(RestExchange exchange) {
        exchange.cancellable();
        exchange.params(
                "comms/send", params -> exchange.answer(() -> exchange.calls().send(params, RestExchange.CALLER)));
    }

    /** {@code POST /meerkat_api/{call}}. */
    static void api(RestExchange exchange) {
        if (OF_OUTSIDERS.contains(exchange.path(0))) {
            InputRoutes.secret(exchange);
        }
        String method = ApiCall.FEATURE + "/" + exchange.path(0);
        exchange.body(body -> exchange.answer(() -> exchange.calls().start(method, body, RestExchange.CALLER)));
    }

    /** {@code GET /comms/peers}. */
    static void peers(RestExchange exchange) {
        String session = exchange.query("session_id").getValue("session_id");
        if (session == null) {
            throw HttpErrors.wrongQuery("missing field `session_id`");
        }
        exchange.answer(() -> exchange.calls().peers(session, RestExchange.CALLER));
    }
}
