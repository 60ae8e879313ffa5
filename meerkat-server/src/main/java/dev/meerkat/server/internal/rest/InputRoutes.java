package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;

/** What outside systems tell a session, and what became of it. */
final class InputRoutes {
    private static final String KEY = "idempotency_key";
    private static final String EXISTING = "existing_id";
    private static final String INPUT = "input_id";

    /** Present if the duplicate was a dead letter, which is back in its lane. */
    private static final String REDRIVEN = "redriven";

    private InputRoutes() {}

    /** {@code POST /sessions/{id}/external-events}. */
    static void event(RestExchange exchange) {
        secret(exchange);
        exchange.cancellable();
        exchange.body(body -> {
            body.put(MethodParams.SESSION_ID, exchange.path(0));
            key(exchange, body);
            exchange.call(
                    "session/external_event",
                    body,
                    result -> queued(exchange, result),
                    problem -> refused(exchange, problem));
        });
    }

    /** {@code POST /sessions/{id}/peer-response-terminal}. */
    static void answer(RestExchange exchange) {
        secret(exchange);
        exchange.cancellable();
        exchange.body(body -> {
            body.put(MethodParams.SESSION_ID, exchange.path(0));
            exchange.call("session/peer_response_terminal", body, result -> queued(exchange, result));
        });
    }

    /** Nothing is read from who does not know the secret. */
    private static void secret(RestExchange exchange) {
        exchange.site().shared().webhookSecret().ifPresent(secret -> {
            if (!secret.is(exchange.header(Route.SECRET_HEADER))) {
                throw HttpErrors.unauthorized("invalid webhook secret");
            }
        });
    }

    private static void key(RestExchange exchange, ObjectNode body) {
        String header = exchange.header("Idempotency-Key");
        if (header == null) {
            return;
        }
        JsonNode own = body.get(KEY);
        if (own != null && !own.isNull() && !own.asText().equals(header)) {
            throw HttpErrors.badRequest("the header Idempotency-Key and the field " + KEY + " differ");
        }
        body.put(KEY, header);
    }

    /** A duplicate is answered as queued too, so that clients that know no duplicates treat it as accepted. */
    private static void queued(RestExchange exchange, ObjectNode result) {
        ObjectNode answer = WireJson.object();
        answer.put("queued", true);
        answer.set(INPUT, result.path(INPUT));
        boolean duplicate = result.has(EXISTING);
        if (duplicate) {
            answer.set(EXISTING, result.path(EXISTING));
        }
        if (result.has(REDRIVEN)) {
            answer.set(REDRIVEN, result.path(REDRIVEN));
        }
        exchange.reply(duplicate ? 200 : 202, answer);
    }

    private static void refused(RestExchange exchange, Throwable problem) {
        WireFault fault = HttpErrors.of(problem);
        ObjectNode body = HttpErrors.body(fault);
        ObjectNode data = fault.data();
        if (data != null && data.has(EXISTING)) {
            body.set(EXISTING, data.path(EXISTING));
        }
        exchange.fail(fault, body);
    }

    /** {@code GET /sessions/{id}/inputs/{input}}. */
    static void status(RestExchange exchange) {
        ObjectNode params = MethodParams.session(exchange.path(0));
        ObjectNode selector = params.putObject("selector");
        selector.put("by", INPUT);
        selector.put("value", exchange.path(1));
        exchange.call("session/input_status", params, result -> {
            if (!result.has("state")) {
                throw HttpErrors.notFound("input not found: " + exchange.path(1));
            }
            exchange.reply(200, result);
        });
    }
}
