package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the routes of the REST surface do. Called with the lock. */
final class FakeRestCalls {
    private static final String REQUEST_ID = "x-meerkat-request-id";

    private final FakeServer server;
    private final Map<String, Runnable> cancels = new HashMap<>();

    FakeRestCalls(FakeServer server) {
        this.server = server;
    }

    CompletableFuture<FakeHttp.Response> answer(FakeHttp.Request request, JsonNode body) {
        String[] path = request.path().substring(1).split("/");
        String route = request.method() + " " + path[0] + (path.length > 1 ? "/*" : "")
                + (path.length > 2 ? "/" + path[2] : "");
        return switch (route) {
            case "POST sessions" -> create(request, body);
            case "POST sessions/*/messages" -> message(request, path[1], body);
            case "GET sessions/*/events" -> CompletableFuture.completedFuture(events(path[1]));
            case "GET health" -> CompletableFuture.completedFuture(FakeRest.text(200, "ok"));
            case "POST sessions/*/external-events", "POST sessions/*/peer-response-terminal" ->
                CompletableFuture.completedFuture(external(request, path[1], body));
            default -> CompletableFuture.completedFuture(FakeRest.json(200, atOnce(route, path, request, body)));
        };
    }

    private ObjectNode atOnce(String route, String[] path, FakeHttp.Request request, JsonNode body) {
        FakeSessions sessions = server.sessions();
        return switch (route) {
            case "GET capabilities" -> FakeRpcMethods.capabilities(server.line());
            case "GET sessions" -> list(request);
            // Archived sessions read on the line 0.6 only.
            case "GET sessions/*" ->
                sessions.restRead(server.line().is09() ? server.live(named(path[1])) : server.any(named(path[1])));
            case "GET sessions/*/status" -> status(path[1]);
            case "GET sessions/*/history" -> sessions.history(server.any(named(path[1])), numbers(request), null);
            case "POST sessions/*/interrupt" -> interrupt(path[1]);
            case "POST sessions/*/system_context" -> {
                FakeSession session = server.live(named(path[1]));
                yield Js.obj("session_id", session.id, "status", sessions.inject(session, body));
            }
            case "DELETE sessions/*" -> {
                FakeSession session = server.live(named(path[1]));
                sessions.archive(session);
                yield Js.obj("archived", true, "session_id", session.id);
            }
            case "POST comms/*" -> {
                FakeCommands.check(body, server.line());
                yield server.comms().send(comms(named(body.path("session_id").asText())), body);
            }
            case "GET comms/*" -> {
                String id = request.query().get("session_id");
                if (id == null) {
                    throw new FakeRest.Refused(
                            FakeRest.text(400, "Failed to deserialize query string: missing field `session_id`"));
                }
                yield server.comms().peers(comms(named(id)));
            }
            case "POST requests/*/cancel" -> cancel(path[1]);
            default -> throw new FakeRest.NoRoute();
        };
    }

    /** Parameters as JSON-RPC has them, after a look at the id that REST words in its own way. */
    private ObjectNode named(String locator) {
        ObjectNode params = Js.obj("session_id", locator);
        try {
            server.id(params);
        } catch (FakeError e) {
            throw FakeError.value(e.text().replaceFirst("Invalid session_id", "Invalid session locator"));
        }
        return params;
    }

    private FakeSession comms(ObjectNode params) {
        try {
            return server.comms().session(params);
        } catch (FakeError e) {
            throw FakeError.noComms(server.id(params));
        }
    }

    private CompletableFuture<FakeHttp.Response> create(FakeHttp.Request request, JsonNode body) {
        Shape.content(body, "prompt");
        boolean keepAlive = Shape.flag(body, "keep_alive", false, true);
        if (keepAlive && Shape.optionalText(body, "comms_name") == null) {
            throw new FakeRest.Refused(FakeRest.json(
                    500,
                    Js.obj(
                            "error",
                            "agent error: Build error: keep_alive requires comms_name to be set",
                            "code",
                            "AGENT_ERROR")));
        }
        String requestId = free(request);
        FakeSessions.New made = server.sessions().create(body, false, true);
        FakeInput first = made.first();
        if (first == null) {
            // What a running server says to a name that is taken was not recorded.
            throw new FakeRest.Refused(FakeRest.json(
                    500, Js.obj("error", "agent error: Build error: comms_name is in use", "code", "AGENT_ERROR")));
        }
        return outcome(requestId, made.session(), first, true);
    }

    private CompletableFuture<FakeHttp.Response> message(FakeHttp.Request request, String locator, JsonNode body) {
        String named = Shape.text(body, "session_id");
        Shape.content(body, "prompt");
        if (!server.id(named(locator)).equals(server.id(named(named)))) {
            throw FakeError.value("Session ID mismatch: path=" + locator + " body=" + named);
        }
        FakeSession session = server.live(named(locator));
        String requestId = free(request);
        return outcome(requestId, session, server.sessions().turn(session, body, true), false);
    }

    private @Nullable String free(FakeHttp.Request request) {
        String id = request.headers().get(REQUEST_ID);
        if (id != null && cancels.containsKey(id)) {
            throw new FakeRest.Refused(
                    FakeRest.json(409, Js.obj("error", "duplicate request id: " + id, "code", "DUPLICATE_REQUEST_ID")));
        }
        return id;
    }

    private CompletableFuture<FakeHttp.Response> outcome(
            @Nullable String requestId, FakeSession session, FakeInput input, boolean created) {
        if (requestId != null) {
            cancels.put(requestId, () -> server.turns().cancel(session, input));
        }
        return input.outcome.handle((result, failure) -> {
            if (requestId != null) {
                cancels.remove(requestId);
            }
            if (result != null) {
                return FakeRest.json(200, result);
            }
            FakeError error = (FakeError) failure;
            return created && error.kind == FakeError.Kind.TURN
                    ? createdDespite(session, error)
                    : FakeRest.refused(error);
        });
    }

    private FakeHttp.Response createdDespite(FakeSession session, FakeError error) {
        ObjectNode details = server.about(session);
        details.put("session_created", true).put("resumable", true);
        return FakeRest.json(
                500, Js.obj("error", error.text(), "code", "SESSION_CREATED_WITH_TURN_FAILURE", "details", details));
    }

    private ObjectNode cancel(String requestId) {
        Runnable cancel = cancels.get(requestId);
        if (cancel == null) {
            throw new FakeError(FakeError.Kind.NOT_FOUND, "request not found: " + requestId, null);
        }
        cancel.run();
        return Js.obj("request_id", requestId, "cancelled", true);
    }

    private ObjectNode list(FakeHttp.Request request) {
        String label = request.query().get("label");
        if (label != null) {
            throw new FakeRest.Refused(FakeRest.text(
                    400,
                    "Failed to deserialize query string: label: invalid type: string \"" + label
                            + "\", expected a sequence"));
        }
        return server.sessions().list(numbers(request));
    }

    private static ObjectNode numbers(FakeHttp.Request request) {
        ObjectNode numbers = Js.obj();
        for (String name : List.of("offset", "limit")) {
            String value = request.query().get(name);
            if (value != null) {
                numbers.put(name, Long.parseLong(value));
            }
        }
        return numbers;
    }

    private ObjectNode status(String locator) {
        FakeSession session = server.live(named(locator));
        return Js.obj("state", session.running ? "running" : "attached");
    }

    private ObjectNode interrupt(String locator) {
        FakeSession session = server.live(named(locator));
        boolean found = server.sessions().interrupt(session);
        return Js.obj(
                "session_id",
                session.id,
                "interrupted",
                found,
                "result",
                server.line().is09() ? (found ? "interrupted" : "staged_noop") : null);
    }

    private FakeHttp.Response external(FakeHttp.Request request, String locator, JsonNode body) {
        boolean terminal = request.path().endsWith("peer-response-terminal");
        if (terminal) {
            server.events().peerAnswerShape(body, false);
        } else {
            server.events().shape(body);
        }
        String secret = server.settings().webhookSecret();
        if (secret != null && !secret.equals(request.headers().get("x-webhook-secret"))) {
            return FakeRest.json(401, Js.obj("error", "invalid webhook secret", "code", "UNAUTHORIZED"));
        }
        ObjectNode params = named(locator);
        FakeEvents.Event event =
                terminal ? null : server.events().event(body, "/external-events; use /peer-response-terminal");
        FakeSession session = server.all().get(server.id(params));
        if (session == null) {
            return FakeRest.json(409, Js.obj("error", "runtime not accepting input while in state: destroyed"));
        } else if (session.archived) {
            throw FakeError.notRunning(session.id);
        }
        if (event == null) {
            server.events().peerAnswer(session, body);
        } else {
            server.events().admit(session, event);
        }
        return FakeRest.json(202, Js.obj("queued", true));
    }

    private FakeHttp.Response events(String locator) {
        FakeSession session = server.live(named(locator));
        if (!session.committed) {
            throw FakeError.notFound(session.id);
        }
        return FakeSse.of(server, session);
    }
}
