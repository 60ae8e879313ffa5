package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.http.Refusals;
import java.nio.charset.StandardCharsets;

/** The server itself, its requests, and messages between sessions. */
final class HostRoutes {
    private static final byte[] OK = "ok".getBytes(StandardCharsets.UTF_8);

    private HostRoutes() {}

    /** {@code GET /health}. */
    static void health(Exchange exchange) {
        exchange.replyText(OK.clone());
    }

    /** A method without parameters. */
    static Route.Action ask(String method) {
        return exchange -> exchange.call(method, WireJson.object());
    }

    /** {@code POST /requests/{id}/cancel}. */
    static void cancel(Exchange exchange) {
        exchange.reply(200, exchange.site().requests().cancel(exchange.path(0)));
    }

    /** {@code POST /comms/send}. */
    static void send(Exchange exchange) {
        exchange.cancellable();
        exchange.body(body -> exchange.call("comms/send", body));
    }

    /** {@code GET /comms/peers}. */
    static void peers(Exchange exchange) {
        String session = exchange.query().getValue(Params.SESSION_ID);
        if (session == null) {
            throw Refusals.wrongQuery("missing field `" + Params.SESSION_ID + "`");
        }
        ObjectNode params = Params.session(session);
        exchange.call("comms/peers", params);
    }
}
