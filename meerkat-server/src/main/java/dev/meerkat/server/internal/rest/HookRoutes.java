package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.ReceiveMemory;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookResponse;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Webhooks, which are verified by their routes. */
final class HookRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HookRoutes.class);
    private static final String TYPE = "Content-Type";

    private HookRoutes() {}

    /** How much of a body the largest route takes, in bytes; 0 if there is none. */
    static int largest(ServerContext shared) {
        return shared.webhooks().stream()
                .flatMap(hooks -> hooks.routes().stream())
                .mapToInt(WebhookRoute::maxBodyBytes)
                .max()
                .orElse(0);
    }

    /** {@code POST /hooks/{route}}. Nothing is read for a route that is not there. */
    static void deliver(RestExchange exchange) {
        Webhooks hooks = exchange.site().shared().webhooks().orElseThrow(() -> HttpErrors.notFound("no such path"));
        String name = exchange.path(0);
        int limit = hooks.route(name)
                .orElseThrow(() -> HttpErrors.notFound("no such webhook"))
                .maxBodyBytes();
        exchange.raw(limit, body -> take(exchange, hooks, name, limit, body));
    }

    /** What comes of a body is counted until it is answered: it may be unzipped, and is read as text. */
    private static void take(RestExchange exchange, Webhooks hooks, String name, int limit, byte[] body) {
        ReceiveMemory memory = exchange.site().bodies().memory();
        Map<String, List<String>> headers = headers(exchange);
        long bytes = headers.containsKey("Content-Encoding") ? limit : body.length;
        if (!memory.take(bytes)) {
            throw HttpErrors.busy("the server is receiving too much at once");
        }
        try {
            exchange.work(() -> {
                try {
                    WebhookRequest request =
                            new WebhookRequest(exchange.request().getMethod(), headers, body);
                    answer(exchange, name, hooks.handle(name, request));
                } finally {
                    memory.give(bytes);
                }
            });
        } catch (RuntimeException e) {
            memory.give(bytes);
            throw e;
        }
    }

    private static Map<String, List<String>> headers(RestExchange exchange) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (HttpField field : exchange.request().getHeaders()) {
            String value = field.getValue() == null ? "" : field.getValue();
            headers.computeIfAbsent(field.getName(), name -> new ArrayList<>()).add(value);
        }
        return headers;
    }

    /** What a sender did is told at a level at which nobody can fill the log. */
    private static void answer(RestExchange exchange, String name, WebhookResponse response) {
        LOG.debug("webhook {}: {}, {}: {}", name, response.status(), response.result(), response.detail());
        response.headers().forEach(exchange::header);
        exchange.reply(response.status(), response.headers().getOrDefault(TYPE, "application/json"), response.body());
    }
}
