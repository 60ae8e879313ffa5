package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.internal.form.ApiCall;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All routes. */
final class RestRoutes {
    private static final String GET = "GET";
    private static final String POST = "POST";
    private static final String DELETE = "DELETE";

    private RestRoutes() {}

    /** Those whose methods the contract line has, and that for webhooks if there are any. */
    static List<Route> of(ServerContext shared, StreamRoutes streams) {
        Set<String> methods = shared.calls().methods();
        List<Route> hooks = HookRoutes.largest(shared) == 0
                ? List.of()
                : List.of(Route.open(POST, "/hooks/{}", HookRoutes::deliver));
        return Stream.concat(all(streams).stream(), hooks.stream())
                .filter(route -> route.method().isEmpty()
                        || methods.contains(route.method().get()))
                .toList();
    }

    private static List<Route> all(StreamRoutes streams) {
        return List.of(
                Route.open(GET, "/health", HostRoutes::alive),
                Route.of(GET, "/capabilities", "capabilities/get", HostRoutes::capabilities),
                Route.of(GET, "/runtime/host_info", "runtime/host_info", HostRoutes::info),
                Route.of(GET, "/runtime/health", "runtime/health", HostRoutes::health),
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
                Route.webhook("/sessions/{}/external-events", "session/external_event", InputRoutes::event),
                Route.webhook(
                        "/sessions/{}/peer-response-terminal", "session/peer_response_terminal", InputRoutes::answer),
                Route.of(GET, "/sessions/{}/inputs/{}", "session/input_status", InputRoutes::status),
                Route.of(GET, "/sessions/{}/dead_letters", "session/dead_letters", DeadLetterRoutes::list),
                Route.of(POST, "/sessions/{}/inputs/{}/redrive", "session/redrive", DeadLetterRoutes::redrive),
                Route.of(POST, "/sessions/{}/inputs/{}/discard", "session/discard", DeadLetterRoutes::discard),
                Route.of(GET, "/dead_letters", "dead_letters/list", DeadLetterRoutes::listAll),
                Route.of(POST, "/sessions/{}/unpark", "session/unpark", DeadLetterRoutes::unpark),
                Route.of(POST, "/sessions/{}/schedules", "session/schedule", ScheduleRoutes::later),
                Route.of(GET, "/sessions/{}/schedules", "session/schedules", ScheduleRoutes::list),
                Route.of(DELETE, "/sessions/{}/schedules/{}", "session/cancel_schedule", ScheduleRoutes::cancel),
                Route.stream("/sessions/{}/events", streams::events),
                Route.of(GET, "/sessions/{}/events/log", "events/list_since", streams::log),
                Route.of(POST, "/comms/send", "comms/send", HostRoutes::send),
                Route.of(GET, "/comms/peers", "comms/peers", HostRoutes::peers),
                Route.own(POST, "/requests/{}/cancel", HostRoutes::cancel),
                Route.own(POST, "/" + ApiCall.FEATURE + "/{}", HostRoutes::api));
    }
}
