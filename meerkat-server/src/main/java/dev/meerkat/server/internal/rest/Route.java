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
 * @param open whether it is for everyone
 * @param action what is done
 */
record Route(String verb, List<String> path, Optional<String> method, boolean open, Action action) {
    private static final String ANY = "{}";

    /** Answers a request. */
    interface Action {
        /** Answers it, now or later; what it throws is the answer, too. Must not block. */
        void on(Exchange exchange);
    }

    /** A route for a method. */
    static Route of(String verb, String path, String method, Action action) {
        return new Route(verb, split(path), Optional.of(method), false, action);
    }

    /** A route for which no method is needed. */
    static Route own(String verb, String path, Action action) {
        return new Route(verb, split(path), Optional.empty(), false, action);
    }

    /** A route for everyone. */
    static Route open(String verb, String path, Action action) {
        return new Route(verb, split(path), Optional.empty(), true, action);
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
