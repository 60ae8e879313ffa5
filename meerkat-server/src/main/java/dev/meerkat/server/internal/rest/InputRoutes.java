package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.methods.Operations.FoundInput;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import org.jspecify.annotations.Nullable;

/** What outside systems tell a session, and what became of it. */
final class InputRoutes {
    private static final String KEY = "idempotency_key";
    private static final String INPUT = "input_id";

    private InputRoutes() {}

    /** {@code POST /sessions/{id}/external-events}. */
    static void event(RestExchange exchange) {
        secret(exchange);
        exchange.cancellable();
        exchange.params("session/external_event", params -> {
            String key = exchange.header("Idempotency-Key");
            ExternalEvent event = withKey(InputReader.event(params), key);
            exchange.call(
                    () -> exchange.operations().sendExternalEvent(exchange.path(0), event),
                    outcome -> queued(exchange, outcome));
        });
    }

    private static ExternalEvent withKey(ExternalEvent event, @Nullable String header) {
        if (header == null) {
            return event;
        }
        if (event.idempotencyKey().filter(own -> !own.equals(header)).isPresent()) {
            throw HttpErrors.badRequest("the header Idempotency-Key and the field " + KEY + " differ");
        }
        return event.withIdempotencyKey(header);
    }

    /** {@code POST /sessions/{id}/peer-response-terminal}. */
    static void answer(RestExchange exchange) {
        secret(exchange);
        exchange.cancellable();
        exchange.params("session/peer_response_terminal", params -> {
            PeerAnswer answer = InputReader.answer(params);
            exchange.run(
                    () -> exchange.operations().deliverPeerAnswer(exchange.path(0), answer),
                    outcome -> queued(exchange, outcome));
        });
    }

    /** Nothing is read from who does not know the secret. */
    static void secret(RestExchange exchange) {
        exchange.site().shared().webhookSecret().ifPresent(secret -> {
            if (!secret.is(exchange.header(Route.SECRET_HEADER))) {
                throw HttpErrors.unauthorized("invalid webhook secret");
            }
        });
    }

    /** A duplicate is also answered with {@code queued}, so that clients that know of no duplicates take it as accepted. */
    private static void queued(RestExchange exchange, EventOutcome outcome) {
        ObjectNode answer = WireJson.object().put("queued", true);
        if (outcome instanceof EventOutcome.Accepted accepted) {
            accepted.inputId().ifPresent(id -> answer.put(INPUT, id.toString()));
            exchange.reply(202, answer);
        } else if (outcome instanceof EventOutcome.Duplicate duplicate) {
            String id = duplicate.inputId().toString();
            answer.put(INPUT, id).put("existing_id", id);
            exchange.reply(200, duplicate.redriven() ? answer.put("redriven", true) : answer);
        } else if (outcome instanceof EventOutcome.Conflict conflict) {
            WireFault fault = Faults.keyConflict(conflict.existing());
            ObjectNode body = HttpErrors.body(fault);
            conflict.existing().ifPresent(id -> body.put("existing_id", id.toString()));
            exchange.fail(fault, body);
        } else {
            throw Faults.laneFull(((EventOutcome.Refused) outcome).reason());
        }
    }

    /** {@code GET /sessions/{id}/inputs/{input}}. */
    static void status(RestExchange exchange) {
        String asked = exchange.path(1);
        exchange.run(() -> exchange.operations().inputStatus(exchange.path(0), InputId.of(asked)), found -> {
            FoundInput input = found.orElseThrow(() -> HttpErrors.notFound("input not found: " + asked));
            exchange.reply(200, InputWriter.status(input.status(), input.admittedAt()));
        });
    }
}
