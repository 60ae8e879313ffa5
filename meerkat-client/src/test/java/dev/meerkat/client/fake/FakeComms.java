package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code comms/send} and {@code comms/peers}. Called with the lock. */
final class FakeComms {
    private final FakeServer server;

    FakeComms(FakeServer server) {
        this.server = server;
    }

    /** Who sent something. */
    record Sender(String peerId, @Nullable String name) {}

    /** The session that sends, or asks for its peers. */
    FakeSession session(JsonNode params) {
        String id = server.id(params);
        FakeSession session = server.all().get(id);
        if (session != null && session.archived && !server.line().is09()) {
            throw new FakeError(FakeError.Kind.NO_COMMS, "Session is archived: " + id, null);
        }
        if (session == null || !session.hasComms()) {
            throw FakeError.noComms(id);
        }
        return session;
    }

    /** {@code comms/peers}. */
    ObjectNode peers(FakeSession session) {
        return Js.obj("peers", session.trusted.values().stream().map(this::peer).toList());
    }

    private ObjectNode peer(FakeSession peer) {
        ObjectNode entry = Js.obj(
                "peer_id",
                peer.peerId,
                "name",
                peer.name,
                "address",
                Js.obj("transport", "inproc", "endpoint", peer.name),
                "source",
                server.line().is09() ? "trusted" : "trusted_and_inproc",
                "sendable_kinds",
                List.of("peer_message", "peer_request", "peer_response"),
                "capabilities",
                Js.obj("version", 1, "extensions", Js.obj()),
                "meta",
                peer.meta);
        if (!server.line().is09()) {
            entry.put("reachability", "reachable").putNull("last_unreachable_reason");
        }
        return entry;
    }

    /** Sends a command of the right shape; the receipt. */
    ObjectNode send(FakeSession session, JsonNode params) {
        String kind = params.path("kind").asText();
        if (kind.equals("peer_response")
                && params.path("status").asText().equals("accepted")
                && params.has("handling_mode")) {
            throw invalid("handling_mode is forbidden on accepted peer responses");
        }
        if (kind.equals("input")) {
            return input(session, params);
        }
        String to = Shape.uuid(params, "to");
        FakeSession receiver = session.trusted.get(to);
        if (receiver == null || !receiver.hasComms()) {
            throw FakeError.send(
                    "peer_not_found_or_not_trusted", "peer '" + to + "' is not found or not trusted", "peer", to);
        }
        String envelope = server.ids().random();
        Sender sender = new Sender(session.peerId, session.name);
        return switch (kind) {
            case "peer_message" -> {
                deliver(receiver, message(sender, params, envelope));
                yield receipt("peer_message_sent", envelope, resolved());
            }
            // Consumed by the receiver without a turn and without a row.
            case "peer_lifecycle" -> receipt("peer_lifecycle_sent", envelope, Js.node("volatile_handed_off"));
            case "peer_request" -> {
                receiver.requests.put(envelope, session.peerId);
                deliver(receiver, request(sender, params, envelope));
                ObjectNode receipt = receipt("peer_request_sent", envelope, resolved());
                receipt.put("interaction_id", envelope).put("request_id", envelope);
                yield receipt.put("stream_reserved", reserves(params));
            }
            default -> respond(session, receiver, params, envelope);
        };
    }

    private static FakeError invalid(String message) {
        return new FakeError(FakeError.Kind.COMMAND, message, Js.obj("code", "invalid_command", "message", message));
    }

    private ObjectNode input(FakeSession session, JsonNode params) {
        if (!params.path("allow_self_session").asBoolean()) {
            throw FakeError.send(
                    "send_failed",
                    "validation failed: self-session input rejected: set allow_self_session=true to override");
        }
        String interaction = server.ids().random();
        List<JsonNode> blocks = params.path("blocks").valueStream().toList();
        // The line 0.9 forgets a body that comes with blocks.
        String body = blocks.isEmpty() || !server.line().is09()
                ? params.path("body").asText()
                : FakeTurns.plain(Js.arr(blocks));
        FakeInput input = server.events()
                .external(
                        params.path("source").asText("rpc"),
                        Js.obj("body", body),
                        blocks,
                        body,
                        interaction,
                        true,
                        steers(params));
        if (!session.drains() && server.line().is09()) {
            // A running 0.9.8 waits 30 seconds for a drain before it says so; the fake does not.
            throw FakeError.send(
                    "send_ambiguous",
                    "send outcome is ambiguous for envelope " + interaction,
                    "envelope_id",
                    interaction,
                    "retry_safe",
                    false,
                    "required_action",
                    "reconcile");
        }
        deliver(session, input);
        return Js.obj("kind", "input_accepted", "interaction_id", interaction, "stream_reserved", reserves(params));
    }

    private void deliver(FakeSession receiver, FakeInput input) {
        if (receiver.drains()) {
            server.turns().admit(receiver, input);
        } else {
            receiver.undrained.add(input);
        }
    }

    private static boolean steers(JsonNode params) {
        return params.path("handling_mode").asText().equals("steer");
    }

    private static boolean reserves(JsonNode params) {
        return params.path("stream").asText().equals("reserve_interaction");
    }

    private static JsonNode resolved() {
        return Js.obj("durably_resolved", Js.obj("outcome", "accepted"));
    }

    private ObjectNode receipt(String kind, String envelope, JsonNode delivery) {
        ObjectNode receipt = Js.obj("kind", kind, "envelope_id", envelope);
        if (server.line().is09()) {
            receipt.set("delivery", delivery);
        } else if (kind.equals("peer_message_sent")) {
            receipt.put("acked", false);
        }
        return receipt;
    }

    private ObjectNode respond(FakeSession session, FakeSession receiver, JsonNode params, String envelope) {
        String request = Shape.uuid(params, "in_reply_to");
        String status = params.path("status").asText();
        boolean terminal = !status.equals("accepted");
        if (!receiver.peerId.equals(session.requests.get(request)) || terminal && !session.answered.add(request)) {
            throw FakeError.send(
                    "send_failed",
                    "validation failed: PeerResponse requires machine inbound peer request state for corr_id "
                            + request);
        }
        deliver(
                receiver,
                response(
                        new Sender(session.peerId, session.name),
                        request,
                        status,
                        params.path("result"),
                        terminal,
                        envelope));
        return receipt("peer_response_sent", envelope, Js.node("queued")).put("in_reply_to", request);
    }

    private FakeInput message(Sender sender, JsonNode params, String envelope) {
        List<JsonNode> blocks = params.path("blocks").valueStream().toList();
        String body = blocks.isEmpty() ? params.path("body").asText() : FakeTurns.plain(Js.arr(blocks));
        List<JsonNode> content = new ArrayList<>();
        content.add(Js.text("Peer message from " + sender.name() + ":\n" + body));
        blocks.stream()
                .filter(block -> !block.path("type").asText().equals("text"))
                .forEach(content::add);
        ObjectNode block = block("message", sender);
        block.setAll(Js.obj(
                "sender_taint",
                params.path("content_taint").path("declare").textValue(),
                "summary",
                "Peer message",
                "content",
                content,
                "delivery_id",
                server.line().is09() ? envelope : null));
        return notice("Peer message", block, content.get(0).path("text").asText(), envelope, true, steers(params));
    }

    private FakeInput request(Sender sender, JsonNode params, String envelope) {
        String intent = params.path("intent").asText();
        String summary = "Peer request: " + intent;
        String text = "Peer request from peer_id " + sender.peerId() + " (display_name: " + sender.name() + ") (id: "
                + envelope + ")\nIntent: " + intent + "\nParams: " + Js.pretty(params.path("params"))
                + "\nRequest ID: " + envelope
                + "\n\nThis is a correlated peer request. Reply with send_response with arguments "
                + Js.write(Js.obj(
                        "display_name",
                        sender.name(),
                        "in_reply_to",
                        envelope,
                        "peer_id",
                        sender.peerId(),
                        "status",
                        "completed"))
                + ". Use status=\"failed\" instead of \"completed\" when the request cannot be fulfilled, and include"
                + " result only when the request contract provides a typed result payload. Do not answer this request"
                + " with send_message.";
        ObjectNode block = block("request", sender);
        block.setAll(Js.obj(
                "sender_taint",
                params.path("content_taint").path("declare").textValue(),
                "request_id",
                envelope,
                "intent",
                intent,
                "summary",
                summary,
                "payload",
                params.path("params"),
                "content",
                List.of(Js.text(text))));
        return notice(summary, block, text, envelope, true, steers(params));
    }

    /** A response to a request of the session that gets it; only a terminal one wakes. */
    FakeInput response(
            Sender sender, String request, String status, JsonNode result, boolean terminal, String envelope) {
        String summary = "Peer response " + (terminal ? "terminal" : "progress");
        String text = (terminal
                        ? "Peer terminal response from " + sender.name() + "\nRequest ID: " + request
                        : "Peer response from " + sender.name() + " (to request: " + request + ")")
                + "\nStatus: " + status
                + (result.isMissingNode() ? "" : "\nResult: " + Js.pretty(result));
        ObjectNode block = block(terminal ? "response_terminal" : "response_progress", sender);
        block.setAll(Js.obj(
                "request_id",
                request,
                "status",
                terminal ? status : "Accepted",
                "summary",
                summary,
                "payload",
                result.isMissingNode() ? server.line().is09() ? NullNode.getInstance() : null : result,
                "content",
                List.of(Js.text(text))));
        return notice(summary, block, text, envelope, terminal, false);
    }

    private static ObjectNode block(String kind, Sender sender) {
        return Js.obj(
                "type",
                "comms",
                "kind",
                kind,
                "direction",
                "incoming",
                "peer",
                Js.obj("id", sender.peerId(), "display_name", sender.name()));
    }

    private FakeInput notice(
            String body, ObjectNode block, String text, String envelope, boolean wakes, boolean steers) {
        ObjectNode row = Js.obj("role", "system_notice", "kind", "comms", "body", body, "blocks", List.of(block));
        return new FakeInput.Form(server.ids().timed(), false, wakes, steers, row, body + "\n" + text, envelope, true)
                .admitted(server);
    }
}
