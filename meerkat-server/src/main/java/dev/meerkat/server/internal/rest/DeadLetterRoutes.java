package dev.meerkat.server.internal.rest;

import dev.meerkat.api.InputId;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.wire.internal.WireJson;

/** Dead letters of one session and of all. */
final class DeadLetterRoutes {
    private DeadLetterRoutes() {}

    /** {@code GET /dead_letters}. */
    static void listAll(RestExchange exchange) {
        Query query = Query.of(exchange, Query.OFFSET, Query.LIMIT);
        exchange.page(() -> exchange.pages().deadLetters(query.number(Query.OFFSET), query.number(Query.LIMIT)));
    }

    /** {@code GET /sessions/{id}/dead_letters}. */
    static void list(RestExchange exchange) {
        Query query = Query.of(exchange, Query.OFFSET, Query.LIMIT);
        exchange.page(() ->
                exchange.pages().deadLetters(exchange.path(0), query.number(Query.OFFSET), query.number(Query.LIMIT)));
    }

    /** {@code POST /sessions/{id}/inputs/{input}/redrive}. */
    static void redrive(RestExchange exchange) {
        InputId input = InputId.of(exchange.path(1));
        exchange.run(
                () -> exchange.operations().redrive(exchange.path(0), input),
                session ->
                        exchange.reply(200, InputWriter.ofInput(session, input).put("redriven", true)));
    }

    /** {@code POST /sessions/{id}/inputs/{input}/discard}. */
    static void discard(RestExchange exchange) {
        InputId input = InputId.of(exchange.path(1));
        exchange.run(
                () -> exchange.operations().discard(exchange.path(0), input),
                session ->
                        exchange.reply(200, InputWriter.ofInput(session, input).put("discarded", true)));
    }

    /** {@code POST /sessions/{id}/unpark}. */
    static void unpark(RestExchange exchange) {
        exchange.run(
                () -> exchange.operations().unpark(exchange.path(0)),
                done -> exchange.reply(
                        200,
                        WireJson.object()
                                .put("session_id", done.session().toString())
                                .put("unparked", done.unparked())));
    }
}
