package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.WireJson;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.util.Fields;

/** Dead letters of one session and of all. */
final class DeadLetterRoutes {
    private static final List<String> PAGE = List.of("offset", "limit");

    private DeadLetterRoutes() {}

    /** {@code GET /dead_letters}. */
    static void listAll(RestExchange exchange) {
        list(exchange, "dead_letters/list", WireJson.object());
    }

    /** {@code GET /sessions/{id}/dead_letters}. */
    static void list(RestExchange exchange) {
        list(exchange, "session/dead_letters", MethodParams.session(exchange.path(0)));
    }

    private static void list(RestExchange exchange, String method, ObjectNode params) {
        Fields query = exchange.query(PAGE, Set.of());
        for (String name : PAGE) {
            Query.number(name, query.getValue(name)).ifPresent(number -> params.put(name, number));
        }
        exchange.call(method, params);
    }

    /** {@code POST /sessions/{id}/inputs/{input}/redrive}. */
    static void redrive(RestExchange exchange) {
        change(exchange, "session/redrive");
    }

    /** {@code POST /sessions/{id}/inputs/{input}/discard}. */
    static void discard(RestExchange exchange) {
        change(exchange, "session/discard");
    }

    /** {@code POST /sessions/{id}/unpark}. */
    static void unpark(RestExchange exchange) {
        exchange.call("session/unpark", MethodParams.session(exchange.path(0)));
    }

    private static void change(RestExchange exchange, String method) {
        exchange.call(method, MethodParams.session(exchange.path(0)).put("input_id", exchange.path(1)));
    }
}
