package dev.meerkat.server.internal.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is done at a path.
 *
 * @param verb of HTTP
 * @param path its segments; {@code {}} takes any that is not empty
 * @param method of JSON-RPC that the contract line must have for it, or empty
 * @param access who may
 * @param endless whether the answer is a stream
 * @param action what is done
 */
record Route(String verb, List<String> path, Optional<String> method, Access access, boolean endless, Action action) {
    /** Shows the webhook secret. */
    static final String SECRET_HEADER = "X-Webhook-Secret";

    private static final String ANY = "{}";
    private static final String GET = "GET";
    private static final String HEAD = "HEAD";

    /** Who may use a route. */
    enum Access {
        /** Everyone. */
        OPEN,
        /** Who shows the server's token, if it has one. */
        TOKEN,
        /** Who shows the webhook secret, if the server has one; else, as {@link #TOKEN}. */
        WEBHOOK
    }

    /** Answers a request. */
    interface Action {
        /** Answers it, now or later; what it throws is the answer, too. Must not block. */
        void on(RestExchange exchange);
    }

    /** A route for a method. */
    static Route of(String verb, String path, String method, Action action) {
        return new Route(verb, split(path), Optional.of(method), Access.TOKEN, false, action);
    }

    /** A route for a method, for outside systems that know the webhook secret. */
    static Route webhook(String path, String method, Action action) {
        return new Route("POST", split(path), Optional.of(method), Access.WEBHOOK, false, action);
    }

    /** A route for which no method is needed. */
    static Route own(String verb, String path, Action action) {
        return new Route(verb, split(path), Optional.empty(), Access.TOKEN, false, action);
    }

    /** A route to a stream. */
    static Route stream(String path, Action action) {
        return new Route(GET, split(path), Optional.empty(), Access.TOKEN, true, action);
    }

    /** A route for everyone. */
    static Route open(String verb, String path, Action action) {
        return new Route(verb, split(path), Optional.empty(), Access.OPEN, false, action);
    }

    /** The methods of HTTP. What can be got has a head; to open a stream only for its head would be a waste. */
    List<String> verbs() {
        return verb.equals(GET) && !endless ? List.of(GET, HEAD) : List.of(verb);
    }

    /** The segments of a path that begins with a slash. */
    static List<String> split(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    /** The segments that stand at the free places, if a path is this one. */
    Optional<List<String>> match(List<String> segments) {
        if (segments.size() != path.size()) {
            return Optional.empty();
        }
        List<String> free = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (path.get(i).equals(ANY)) {
                free.add(segments.get(i));
            } else if (!path.get(i).equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return free.contains("") ? Optional.empty() : Optional.of(free);
    }
}
