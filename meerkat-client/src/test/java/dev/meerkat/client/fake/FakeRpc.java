package dev.meerkat.client.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the JSON-RPC surface of a fake: takes lines, and gives lines to an output.
 * Called by one thread; the output is called by several.
 */
public final class FakeRpc implements AutoCloseable {
    /** Where lines go. Must not block. */
    @FunctionalInterface
    public interface Output {
        /** A line; whether it is a notification, which may be left out in need. */
        void line(ObjectNode message, boolean notification);
    }

    /** The methods whose handlers lose the id when the parameters do not parse. */
    private static final Set<String> LOSE_THE_ID =
            Set.of("comms/send", "comms/peers", "session/external_event", "session/peer_response_terminal");

    private final FakeServer server;
    private final Output output;
    private final FakeStreams streams;
    private final FakeCopies.Sink copies;
    private final FakeRpcMethods methods;
    private final Map<JsonNode, Runnable> cancels = new HashMap<>();

    /** A connection, which is the newest now. */
    public FakeRpc(FakeServer server, Output output) {
        this.server = server;
        this.output = output;
        streams = new FakeStreams(server, this::notify);
        copies = (session, envelope) -> notify("session/event", Js.obj("session_id", session, "event", envelope));
        methods = new FakeRpcMethods(server, streams);
        locked(() -> server.copies().add(copies));
    }

    private void locked(Runnable work) {
        server.locked(() -> {
            work.run();
            return true;
        });
    }

    private void notify(String method, ObjectNode params) {
        output.line(Js.obj("jsonrpc", "2.0", "method", method, "params", params), true);
    }

    /** Takes a line. */
    public void take(String line) {
        JsonNode message;
        try {
            message = Js.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            error(NullNode.instance, -32700, "Parse error: expected ident at line 1 column 2", null);
            return;
        }
        JsonNode method = message.path("method");
        if (!message.isObject() || !method.isMissingNode() && !method.isTextual()) {
            error(NullNode.instance, -32700, "Parse error: invalid type" + FakeError.at(message), null);
            return;
        }
        if (method.isMissingNode()) {
            // The answer to a callback, and the fake never calls back.
            return;
        }
        if (!message.has("jsonrpc")) {
            error(NullNode.instance, -32700, "Parse error: missing field `jsonrpc`" + FakeError.at(message), null);
            return;
        }
        JsonNode id = message.path("id");
        if (id.isMissingNode() || id.isNull()) {
            notified(method.textValue(), message.path("params"));
        } else if (server.line().is09() && !message.path("jsonrpc").asText().equals("2.0")) {
            error(
                    id,
                    -32600,
                    "Unsupported JSON-RPC version: expected \"2.0\", got \""
                            + message.path("jsonrpc").asText() + "\"",
                    null);
        } else {
            call(id, method.textValue(), message.path("params"));
        }
    }

    private void notified(String method, JsonNode params) {
        if (method.equals("cancel")) {
            locked(() ->
                    Optional.ofNullable(cancels.get(params.path("request_id"))).ifPresent(Runnable::run));
        }
    }

    private void call(JsonNode id, String method, JsonNode params) {
        try {
            server.locked(() -> {
                FakeRpcMethods.Answer answer = methods.call(method, params);
                FakeInput turn = answer.turn();
                if (turn == null) {
                    result(id, answer.result());
                } else {
                    cancels.put(id, () -> server.turns().cancel(answer.session(), turn));
                    turn.outcome.whenComplete((result, failure) -> ended(id, method, result, failure));
                }
                return true;
            });
        } catch (FakeError e) {
            fail(id, method, e);
        }
    }

    private void ended(JsonNode id, String method, @Nullable ObjectNode result, @Nullable Throwable failure) {
        cancels.remove(id);
        if (result != null) {
            result(id, result);
        } else if (failure instanceof FakeError error) {
            fail(id, method, error);
        } else if (failure instanceof CompletionException wrapped && wrapped.getCause() instanceof FakeError error) {
            fail(id, method, error);
        } else {
            error(id, -32603, String.valueOf(failure), null);
        }
    }

    private void result(JsonNode id, ObjectNode result) {
        output.line(Js.obj("jsonrpc", "2.0", "id", id, "result", result), false);
    }

    private void fail(JsonNode id, String method, FakeError e) {
        JsonNode named = e.kind == FakeError.Kind.SHAPE && LOSE_THE_ID.contains(method) ? NullNode.instance : id;
        boolean is09 = server.line().is09();
        switch (e.kind) {
            case SHAPE -> error(named, -32602, "Invalid params: " + e.text(), null);
            case VALUE, NO_COMMS, KEY_CONFLICT -> error(id, -32602, e.text(), e.data);
            case COMMAND -> error(id, -32602, "Command validation failed", e.data);
            case NOT_FOUND, NOT_RUNNING -> error(id, -32001, e.text(), null);
            case SEND -> error(id, -32603, e.text(), e.data);
            case TURN -> error(id, is09 ? -32010 : -32603, e.text(), e.data);
            case CANCELLED -> error(id, -32005, e.text(), null);
            case NOT_ENABLED -> error(id, -32600, e.text(), null);
            default -> error(id, -32601, e.text(), null);
        }
    }

    private void error(JsonNode id, int code, String message, @Nullable ObjectNode data) {
        ObjectNode error = Js.obj("code", code, "message", message, "data", data);
        output.line(Js.obj("jsonrpc", "2.0", "id", id, "error", error), false);
    }

    /** Forgets the connection. Sessions go on. */
    @Override
    public void close() {
        locked(() -> {
            server.copies().remove(copies);
            streams.close();
        });
    }
}
