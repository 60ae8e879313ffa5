package dev.meerkat.server.internal.rest;

import java.util.List;
import java.util.Set;

/** All routes. */
final class RestRoutes {
    private static final String GET = "GET";
    private static final String POST = "POST";
    private static final String DELETE = "DELETE";

    private RestRoutes() {}

    /** Those whose methods the contract line has. */
    static List<Route> of(Set<String> methods, StreamRoutes streams) {
        return all(streams).stream()
                .filter(route -> route.method().isEmpty()
                        || methods.contains(route.method().get()))
                .toList();
    }

    private static List<Route> all(StreamRoutes streams) {
        return List.of(
                Route.open(GET, "/health", HostRoutes::health),
                host("/capabilities", "capabilities/get"),
                host("/runtime/host_info", "runtime/host_info"),
                host("/runtime/health", "runtime/health"),
                Route.of(POST, "/sessions", "session/create", SessionRoutes::create),
                Route.of(GET, "/sessions", "session/list", SessionRoutes::list),
                Route.of(GET, "/sessions/{}", "session/read", SessionRoutes::read),
                Route.of(DELETE, "/sessions/{}", "session/archive", SessionRoutes::archive),
                Route.of(GET, "/sessions/{}/history", "session/history", SessionRoutes::history),
                Route.of(GET, "/sessions/{}/status", "session/read", SessionRoutes::status),
                Route.of(POST, "/sessions/{}/messages", "turn/start", SessionRoutes::turn),
                Route.of(POST, "/sessions/{}/interrupt", "turn/interrupt", SessionRoutes::interrupt),
                Route.of(POST, "/sessions/{}/runs/{}/stop", "turn/stop_run", SessionRoutes::stop),
                Route.of(POST, "/sessions/{}/system_context", "session/inject_context", SessionRoutes::context),
                Route.of(POST, "/sessions/{}/external-events", "session/external_event", InputRoutes::event),
                Route.of(
                        POST,
                        "/sessions/{}/peer-response-terminal",
                        "session/peer_response_terminal",
                        InputRoutes::answer),
                Route.of(GET, "/sessions/{}/inputs/{}", "session/input_status", InputRoutes::status),
                Route.own(GET, "/sessions/{}/events", streams::events),
                Route.of(GET, "/sessions/{}/events/log", "events/list_since", streams::log),
                Route.of(POST, "/comms/send", "comms/send", HostRoutes::send),
                Route.of(GET, "/comms/peers", "comms/peers", HostRoutes::peers),
                Route.own(POST, "/requests/{}/cancel", HostRoutes::cancel));
    }

    private static Route host(String path, String method) {
        return Route.of(GET, path, method, HostRoutes.ask(method));
    }
}
