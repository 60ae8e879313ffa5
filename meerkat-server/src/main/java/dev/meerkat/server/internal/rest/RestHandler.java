package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.http.HttpGate;
import dev.meerkat.wire.internal.fault.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;

/** Finds out what a request is for, and whether it may. Waits for nothing, so that it needs no thread. Thread-safe. */
final class RestHandler extends Handler.Abstract.NonBlocking {
    private final RestContext site;
    private final HttpGate gate;
    private final List<Route> routes;
    private final Connections connections;

    RestHandler(RestContext site, HttpGate gate, List<Route> routes, Connections connections) {
        this.site = site;
        this.gate = gate;
        this.routes = List.copyOf(routes);
        this.connections = connections;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Response paced = connections.begin(request, response);
        RestExchange exchange = new RestExchange(site, request, paced, callback);
        try {
            answer(exchange, request, paced);
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
        }
        return true;
    }

    private void answer(RestExchange exchange, Request request, Response response) {
        if (connections.isClosing()) {
            throw HttpErrors.busy("the server is closing");
        }
        List<Matched> matches = matches(request.getHttpURI());
        Optional<Matched> match = matches.stream()
                .filter(m -> m.route().verbs().contains(request.getMethod()))
                .findFirst();
        if (match.isEmpty() || !isOpen(match.get().route(), request)) {
            gate.check(request, response);
        }
        if (matches.isEmpty()) {
            throw HttpErrors.notServed();
        }
        if (match.isEmpty()) {
            // HEAD goes without saying where GET is.
            String allowed = String.join(
                    ", ", matches.stream().map(m -> m.route().verb()).toList());
            exchange.header(HttpHeader.ALLOW, allowed);
            throw HttpErrors.of(ErrorCode.METHOD_NOT_ALLOWED, "only " + allowed + " is allowed here");
        }
        HttpGate.checkSingle(exchange.request().getHeaders());
        exchange.path(match.get().segments());
        match.get().route().action().on(exchange);
    }

    /** Senders of webhooks know their secret only, and not the token, with which they could do everything. */
    private boolean isOpen(Route route, Request request) {
        return switch (route.access()) {
            case OPEN -> true;
            case WEBHOOK ->
                site.shared()
                        .webhookSecret()
                        .filter(secret -> secret.is(request.getHeaders().get(Route.SECRET_HEADER)))
                        .isPresent();
            case TOKEN -> false;
        };
    }

    private List<Matched> matches(HttpURI uri) {
        String path = uri.getCanonicalPath();
        if (path == null || !path.startsWith("/")) {
            throw HttpErrors.badRequest("no path");
        }
        if (uri.getPathQuery().length() > site.bounds().uriChars()) {
            throw HttpErrors.of(ErrorCode.URI_TOO_LONG, "the path and query are too long");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : Route.split(path)) {
            segments.add(decoded(segment));
        }
        List<Matched> matches = new ArrayList<>();
        for (Route route : routes) {
            route.match(segments).ifPresent(free -> matches.add(new Matched(route, free)));
        }
        return matches;
    }

    private static String decoded(String segment) {
        try {
            return URIUtil.decodePath(segment);
        } catch (IllegalArgumentException e) {
            throw HttpErrors.badRequest("the path is not encoded as it must be");
        }
    }

    /** A route and what stands at its free places. */
    private record Matched(Route route, List<String> segments) {}
}
