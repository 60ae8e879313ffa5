package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the methods of the JSON-RPC surface do. Called with the lock. */
final class FakeRpcMethods {
    private static final long MOST_ROWS = 1_000_000;

    /** What the line 0.6 has and does not list. */
    private static final Set<String> UNLISTED = Set.of("tools/register");

    private final FakeServer server;
    private final FakeStreams streams;

    FakeRpcMethods(FakeServer server, FakeStreams streams) {
        this.server = server;
        this.streams = streams;
    }

    /** An answer, or the turn whose end answers. */
    record Answer(
            @Nullable ObjectNode now,
            @Nullable FakeSession owner,
            @Nullable FakeInput turn) {
        static Answer of(ObjectNode result) {
            return new Answer(result, null, null);
        }

        ObjectNode result() {
            return java.util.Objects.requireNonNull(now);
        }

        FakeSession session() {
            return java.util.Objects.requireNonNull(owner);
        }
    }

    Answer call(String method, JsonNode params) {
        if (!FakeMethods.of(server.line()).contains(method) && !UNLISTED.contains(method)) {
            throw new FakeError(FakeError.Kind.METHOD, "Method not found: " + method, null);
        }
        return switch (method) {
            case "initialize", "capabilities/get", "runtime/capabilities", "runtime/health", "runtime/host_info" ->
                Answer.of(about(method));
            case "session/create" -> create(required(params));
            case "turn/start" -> {
                FakeInput turn = server.sessions().rpcTurn(required(params));
                yield new Answer(null, server.running(params), turn);
            }
            default -> Answer.of(atOnce(method, params));
        };
    }

    private static JsonNode required(JsonNode params) {
        if (!params.isObject()) {
            throw FakeError.value("Missing params");
        }
        return params;
    }

    private ObjectNode about(String method) {
        boolean is09 = server.line().is09();
        return switch (method) {
            case "initialize" ->
                Js.obj(
                        "server_info",
                        Js.obj("name", "meerkat-rpc", "version", server.line().text()),
                        "contract_version",
                        server.line().text(),
                        "methods",
                        FakeMethods.of(server.line()));
            case "capabilities/get" -> capabilities(server.line());
            case "runtime/health" -> Js.obj("contract_version", server.line().object(), "status", "ok");
            case "runtime/host_info" ->
                Js.obj(
                        "contract_version",
                        server.line().object(),
                        "process_name",
                        "meerkat-rpc",
                        "process_version",
                        server.line().text());
            default ->
                Js.obj(
                        "contract_version",
                        server.line().object(),
                        "features",
                        Js.obj(
                                "runtime_backed_sessions",
                                true,
                                "mobs",
                                true,
                                "comms",
                                true,
                                "session_events",
                                true,
                                "session_streams",
                                true,
                                "event_replay",
                                server.settings().logged()));
        };
    }

    /** The answer of {@code capabilities/get} and {@code GET /capabilities}. */
    static ObjectNode capabilities(FakeLine line) {
        ObjectNode comms = Js.obj(
                "id",
                "comms",
                "description",
                "Inter-agent communication: send, request, response, list peers + keep-alive",
                "status",
                "Available");
        ObjectNode sessions =
                Js.obj("id", "sessions", "description", "Agent loop and session lifecycle", "status", "Available");
        ObjectNode shell = Js.obj(
                "id",
                "shell",
                "description",
                "Shell tool with job management: shell, shell_jobs, shell_job_status, shell_job_cancel",
                "status",
                Js.obj("DisabledByPolicy", Js.obj("description", "tools.shell_enabled = false")));
        return Js.obj("contract_version", line.object(), "capabilities", List.of(sessions, shell, comms));
    }

    private Answer create(JsonNode params) {
        boolean is09 = server.line().is09();
        boolean keepAlive = Shape.flag(params, "keep_alive", false, false);
        boolean copies = !is09 || Shape.flag(params, "session_events", true, false);
        Shape.content(params, "prompt");
        if (is09 && keepAlive && Shape.optionalText(params, "comms_name") == null) {
            throw FakeError.value("keep_alive requires a session created with comms_name");
        }
        String initial = Shape.word(params, "initial_turn", "run_immediately", List.of("run_immediately", "deferred"));
        boolean deferred = initial.equals("deferred");
        FakeSessions.New made = server.sessions().create(params, deferred, copies);
        if (deferred) {
            return Answer.of(server.about(made.session()));
        } else if (keepAlive) {
            return Answer.of(server.turns().result(made.session(), "", 0, 0));
        }
        return new Answer(null, made.session(), made.first());
    }

    private ObjectNode atOnce(String method, JsonNode params) {
        FakeEvents events = server.events();
        return switch (method) {
            case "session/list" -> server.sessions().list(params);
            case "session/read", "session/history", "session/archive", "turn/interrupt", "session/inject_context" ->
                session(method, required(params));
            case "session/input_status" -> events.inputStatus(server.live(required(params)), params);
            case "session/external_event" -> {
                Shape.text(required(params), "session_id");
                events.shape(params);
                FakeEvents.Event event =
                        events.event(params, "session/external_event; use session/peer_response_terminal");
                yield events.admit(server.running(params), event);
            }
            case "session/peer_response_terminal" -> {
                Shape.text(required(params), "session_id");
                events.peerAnswerShape(params, true);
                yield events.peerAnswer(server.running(params), params);
            }
            case "events/latest_cursor" -> events.latest(required(params));
            case "events/list_since" -> events.since(required(params));
            case "events/snapshot" -> events.snapshot(required(params));
            case "session/stream_open" -> streams.open(required(params));
            case "session/stream_close" -> streams.close(required(params));
            case "comms/send" -> {
                FakeCommands.check(required(params), server.line());
                yield server.comms().send(server.comms().session(params), params);
            }
            case "comms/peers" -> {
                Shape.text(required(params), "session_id");
                Shape.only(params, Set.of("session_id"));
                yield server.comms().peers(server.comms().session(params));
            }
            case "mob/create" -> server.mobs().create(required(params));
            case "mob/spawn" -> server.mobs().spawn(required(params));
            case "mob/wire" -> server.mobs().wire(required(params));
            case "mob/unwire" -> server.mobs().unwire(required(params));
            case "mob/member_status" -> server.mobs().status(required(params));
            case "tools/register" ->
                Js.obj("registered", Shape.present(required(params), "tools").size());
            default -> throw new FakeError(FakeError.Kind.METHOD, "Method not found: " + method, null);
        };
    }

    private ObjectNode session(String method, JsonNode params) {
        FakeSessions sessions = server.sessions();
        boolean is09 = server.line().is09();
        return switch (method) {
            case "session/read" -> {
                // Archived sessions read on the line 0.6 only.
                FakeSession session = is09 ? server.live(params) : server.any(params);
                yield sessions.read(session).put("session_ref", server.ref(session));
            }
            case "session/history" -> {
                if (is09 && Shape.number(params, "offset", 0) > MOST_ROWS) {
                    throw FakeError.value("offset " + params.path("offset").asText()
                            + " exceeds the RPC collection maximum of " + MOST_ROWS);
                }
                yield sessions.history(server.any(params), params, is09 ? 100L : null);
            }
            case "session/archive" -> {
                sessions.archive(server.live(params));
                yield Js.obj("archived", true);
            }
            case "turn/interrupt" -> {
                FakeSession session = server.live(params);
                boolean found = sessions.interrupt(session);
                yield is09
                        ? Js.obj(
                                "session_id",
                                session.id,
                                "interrupted",
                                found,
                                "result",
                                found ? "interrupted" : "staged_noop")
                        : Js.obj("interrupted", true);
            }
            default -> {
                Shape.text(params, "session_id");
                Shape.present(params, is09 ? "content" : "text");
                yield Js.obj("status", sessions.inject(server.running(params), params));
            }
        };
    }
}
