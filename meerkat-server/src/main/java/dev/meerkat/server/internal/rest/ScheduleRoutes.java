package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.methods.Operations.Work;
import dev.meerkat.server.internal.methods.ScheduleCalls;
import dev.meerkat.server.internal.wire.ScheduleReader;

/** What a session is to get later. */
final class ScheduleRoutes {
    private ScheduleRoutes() {}

    private static ScheduleCalls calls(RestExchange exchange) {
        return new ScheduleCalls(exchange.operations());
    }

    private static void run(RestExchange exchange, Work<ObjectNode> work) {
        exchange.run(work, answer -> exchange.reply(200, answer));
    }

    /** {@code POST /sessions/{id}/schedules}. */
    static void later(RestExchange exchange) {
        exchange.params(
                "session/schedule",
                params -> run(exchange, calls(exchange).later(exchange.path(0), params.only(ScheduleReader.FIELDS))));
    }

    /** {@code GET /sessions/{id}/schedules}. */
    static void list(RestExchange exchange) {
        run(exchange, calls(exchange).list(exchange.path(0)));
    }

    /** {@code DELETE /sessions/{id}/schedules/{schedule}}. */
    static void cancel(RestExchange exchange) {
        run(exchange, calls(exchange).cancel(exchange.path(0), exchange.path(1)));
    }
}
