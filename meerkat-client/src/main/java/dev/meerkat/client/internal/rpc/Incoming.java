package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.internal.Printable;
import dev.meerkat.client.internal.rpc.RpcAnswer.Lost;
import dev.meerkat.client.internal.wire.Fault;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what a server sends: answers, notifications and requests. Used by the reading thread only. */
final class Incoming {
    private static final Logger LOG = LoggerFactory.getLogger(Incoming.class);

    private final PendingCalls pending;
    private final Feeds feeds;
    private final ToolRunner tools;

    Incoming(PendingCalls pending, Feeds feeds, ToolRunner tools) {
        this.pending = pending;
        this.feeds = feeds;
        this.tools = tools;
    }

    void accept(LineReader.Line line) throws UnreadableMessageException {
        JsonNode message;
        try {
            message = WireJson.read(line.bytes(), line.offset(), line.length());
        } catch (IOException e) {
            throw new UnreadableMessageException("a line of the server is no JSON: " + e.getMessage(), e);
        }
        if (!message.isObject()) {
            throw new UnreadableMessageException("a line of the server is no message, it is " + kind(message), null);
        }
        JsonNode id = message.path("id");
        JsonNode method = message.path("method");
        if (method.isTextual()) {
            if (id.isMissingNode() || id.isNull()) {
                notified(method.textValue(), message.path("params"));
            } else {
                tools.requested(method.textValue(), id, message.path("params"));
            }
        } else if (message.has("method") || !(message.has("result") || message.has("error") || message.has("id"))) {
            throw new UnreadableMessageException("a message of the server is neither call nor answer", null);
        } else {
            answered(id, message);
        }
    }

    private static String kind(JsonNode node) {
        return node.getNodeType().toString().toLowerCase(java.util.Locale.ROOT);
    }

    private void answered(JsonNode id, JsonNode message) throws UnreadableMessageException {
        if (id.isIntegralNumber() && id.canConvertToLong()) {
            OpenCall call = pending.take(id.longValue());
            if (call != null) {
                end(call, message);
            } else {
                LOG.debug("nobody waits for an answer to call {}, or not any more", id);
            }
        } else if ((id.isNull() || id.isMissingNode()) && message.has("error")) {
            failedWithoutId(answer("", message));
        } else if (id.isNull() || id.isMissingNode()) {
            throw new UnreadableMessageException("a result of the server has no id", null);
        } else {
            LOG.debug("no call has the id of an answer: {}", Printable.line(id.toString()));
        }
    }

    private static void end(OpenCall call, JsonNode message) {
        RpcAnswer answer = answer(call.method(), message);
        if (answer instanceof RpcAnswer.Result result) {
            try {
                call.onResult().accept(result.value());
            } catch (MeerkatException e) {
                answer = new Lost(Lost.INVALID_ANSWER, String.valueOf(e.getMessage()), e, false);
            }
        }
        call.answer().complete(answer);
    }

    private static RpcAnswer answer(String method, JsonNode message) {
        JsonNode error = message.get("error");
        if (error == null || error.isNull()) {
            JsonNode result = message.get("result");
            return result == null
                    ? new Lost(Lost.INVALID_ANSWER, "an answer has neither result nor error " + method, null, false)
                    : new RpcAnswer.Result(result);
        }
        if (!error.path("code").isIntegralNumber()) {
            return new Lost(Lost.INVALID_ANSWER, "error.code is no number in an answer", null, false);
        }
        JsonNode data = error.path("data");
        return new RpcAnswer.Refused(new Fault(
                error.path("code").intValue(),
                0,
                data.path("code").asText(""),
                error.path("message").asText(""),
                data));
    }

    /**
     * An error without an id ends the call that it answers, so that nobody waits for what never comes. If
     * that may be several, nobody can tell which of them was refused and which goes on: all end, with an
     * unknown outcome. Calls are checked here before they are sent, so that it is rare.
     */
    private void failedWithoutId(RpcAnswer error) {
        List<OpenCall> candidates = pending.takeForErrorWithoutId();
        if (candidates.size() == 1) {
            candidates.get(0).answer().complete(error);
            return;
        }
        LOG.warn("an error without id ends {} calls: {}", candidates.size(), Printable.line(error.toString()));
        String said =
                error instanceof RpcAnswer.Refused refused ? refused.fault().message() : error.toString();
        Lost lost = new Lost(
                Lost.UNATTRIBUTED_ERROR,
                "the server refused one of " + candidates.size() + " calls without saying which: " + said,
                null,
                false);
        candidates.forEach(call -> call.answer().complete(lost));
    }

    private void notified(String method, JsonNode params) {
        switch (method) {
            case "session/stream_event" -> feeds.event(params);
            case "session/stream_end" -> feeds.ended(params);
            // Copies of events, which over TCP go to whoever connected last: only streams are to be relied on.
            case "session/event" -> LOG.trace("not listened to: {}", method);
            default -> LOG.debug("not known: {}", Printable.line(method));
        }
    }
}
