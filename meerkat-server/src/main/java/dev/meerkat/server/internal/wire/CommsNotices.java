package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.wire.internal.WireJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Notices of what peers sent, and of what was sent to them. */
final class CommsNotices {
    private static final String MESSAGE = "Peer message";
    private static final String LIFECYCLE = "Peer lifecycle: ";

    /** Whether envelopes are named, and responses without a result have a payload all the same. */
    private final boolean all;

    CommsNotices(boolean all) {
        this.all = all;
    }

    /** What a peer sent. */
    Notice received(InputId id, InputBody.FromPeer input) {
        return input.matchPeer(message -> message(id, message), this::lifecycle, this::request, this::response);
    }

    private Notice message(InputId id, InputBody.PeerMessage message) {
        CommsCommand.PeerMessage command = message.command();
        String header = "Peer message from " + nameOf(message.from()) + ":\n";
        ObjectNode block = incoming("message", message.from(), command.contentTaint());
        block.put("summary", MESSAGE);
        boolean bare = command.blocks().isEmpty();
        List<ContentBlock> content = bare ? List.of() : ContentWriter.withBody(command.body(), command.blocks());
        String text = header + command.body();
        block.set("content", bare ? ContentWriter.blocks(text, content) : ContentWriter.blocks(content));
        delivery(block, id.toString());
        String shown = header + (bare ? text : ContentWriter.shown(content)) + "\n" + MESSAGE
                + (all ? "\nDelivery ID: " + id : "") + taint(command.contentTaint());
        return new Notice("comms", MESSAGE, block, shown);
    }

    private Notice lifecycle(InputBody.PeerLifecycle notice) {
        CommsCommand.PeerLifecycle command = notice.command();
        String headline = LIFECYCLE + command.lifecycleKind();
        ObjectNode block = incoming("lifecycle", notice.from(), ContentTaint.UNDECLARED);
        block.put("summary", headline);
        block.set("payload", WireJson.tree(command.params()));
        String shown = headline + " from " + nameOf(notice.from()) + "\nParams: " + PrettyJson.of(command.params());
        return new Notice("comms", headline, block, shown);
    }

    private Notice request(InputBody.PeerRequest request) {
        CommsCommand.PeerRequest command = request.command();
        String headline = "Peer request: " + command.intent();
        String shown = asked(request);
        ObjectNode block = incoming("request", request.from(), command.contentTaint());
        block.put("request_id", request.requestId().toString());
        block.put("intent", command.intent());
        block.put("summary", headline);
        block.set("payload", WireJson.tree(command.params()));
        block.set("content", ContentWriter.blocks(shown, command.blocks()));
        return new Notice(
                "comms", headline, block, ContentWriter.shown(shown, command.blocks()) + taint(command.contentTaint()));
    }

    /** What a model is told of a request, and how to answer it. */
    private static String asked(InputBody.PeerRequest request) {
        PeerSender from = request.from();
        RequestId id = request.requestId();
        Map<String, String> arguments = new TreeMap<>();
        arguments.put("peer_id", from.id().toString());
        arguments.put("in_reply_to", id.toString());
        arguments.put("status", "completed");
        if (!from.name().isEmpty()) {
            arguments.put("display_name", from.name());
        }
        return "Peer request from peer_id " + from.id() + " (display_name: " + from.name() + ") (id: " + id
                + ")\nIntent: " + request.command().intent() + "\nParams: "
                + PrettyJson.of(request.command().params()) + "\nRequest ID: " + id
                + "\n\nThis is a correlated peer request. Reply with send_response with arguments "
                + Json.of(arguments)
                + ". Use status=\"failed\" instead of \"completed\" when the request cannot be fulfilled, and include"
                + " result only when the request contract provides a typed result payload. Do not answer this request"
                + " with send_message.";
    }

    private Notice response(InputBody.PeerResponse response) {
        CommsCommand.PeerResponse command = response.command();
        return response(
                response.from(),
                command.inReplyTo(),
                command.status(),
                command.result(),
                command.blocks(),
                command.contentTaint());
    }

    Notice reply(PeerReply reply) {
        return response(
                reply.from(), reply.requestId(), reply.status(), reply.result(), reply.blocks(), reply.contentTaint());
    }

    private Notice response(
            PeerSender from,
            RequestId request,
            ResponseStatus status,
            Json result,
            List<ContentBlock> blocks,
            ContentTaint taint) {
        // Other makers' clients know three words.
        ResponseStatus known = status == ResponseStatus.OVERDUE ? ResponseStatus.FAILED : status;
        String word = known.name().toLowerCase(Locale.ROOT);
        String headline = status.terminal() ? "Peer response terminal" : "Peer response progress";
        String shown = status.terminal()
                ? "Peer terminal response from " + nameOf(from) + "\nRequest ID: " + request
                : "Peer response from " + nameOf(from) + " (to request: " + request + ")";
        shown += "\nStatus: " + word + (result.equals(Json.NULL) ? "" : "\nResult: " + PrettyJson.of(result));
        ObjectNode block = incoming(responseKind(status), from, taint);
        block.put("request_id", request.toString());
        block.put("status", status.terminal() ? word : "Accepted");
        block.put("summary", headline);
        if (all || !result.equals(Json.NULL)) {
            block.set("payload", WireJson.tree(result));
        }
        block.set("content", ContentWriter.blocks(shown, blocks));
        return new Notice("comms", headline, block, ContentWriter.shown(shown, blocks) + taint(taint));
    }

    private static String responseKind(ResponseStatus status) {
        return status.terminal() ? "response_terminal" : "response_progress";
    }

    /** Tells that something came from a peer. */
    static ObjectNode ingested(InputId id, InputBody.FromPeer input) {
        CommsCommand<?> command = input.command();
        String kind = kind(command);
        return input.matchPeer(
                message -> ingested(kind, message.from(), command.contentTaint(), Optional.empty())
                        .put("delivery_id", id.toString()),
                lifecycle -> ingested(kind, lifecycle.from(), command.contentTaint(), Optional.empty()),
                request -> ingested(kind, request.from(), command.contentTaint(), Optional.of(request.requestId())),
                response -> ingested(
                        kind,
                        response.from(),
                        command.contentTaint(),
                        Optional.of(response.command().inReplyTo())));
    }

    /** Tells that a reply has come that is waited for. */
    static ObjectNode ingested(PeerReply reply) {
        return ingested(
                responseKind(reply.status()), reply.from(), reply.contentTaint(), Optional.of(reply.requestId()));
    }

    private static ObjectNode ingested(
            String kind, PeerSender from, ContentTaint taint, Optional<RequestId> correlation) {
        ObjectNode payload = EventPayloads.payload("peer_content_ingested").put("kind", kind);
        payload.set("peer", peer(from));
        correlation.ifPresent(id -> payload.put("request_id", id.toString()));
        addTaint(payload, taint);
        return payload;
    }

    /** What a command is called in what is shown of it. */
    private static String kind(CommsCommand<?> command) {
        return command.match(
                input -> "message",
                message -> "message",
                lifecycle -> "lifecycle",
                request -> "request",
                response -> responseKind(response.status()));
    }

    /** A command that the agent sent. */
    Notice sent(EnvelopeId envelope, CommsCommand<?> command) {
        ObjectNode block = WireJson.object();
        block.put("type", "comms");
        String to = command.recipient().map(PeerRef::toString).orElse("");
        String headline = command.match(
                input -> "Input to itself",
                message -> MESSAGE + " to " + to,
                lifecycle -> LIFECYCLE + lifecycle.lifecycleKind() + " to " + to,
                request -> "Peer request to " + to + ": " + request.intent(),
                response -> "Peer response to " + to);
        outgoing(block, kind(command), command, headline);
        ObjectNode unused = command.match(
                input -> block,
                message -> block.set(
                        "content", ContentWriter.blocks(ContentWriter.withBody(message.body(), message.blocks()))),
                lifecycle -> block.set("payload", WireJson.tree(lifecycle.params())),
                request -> {
                    block.put("request_id", envelope.toString()).put("intent", request.intent());
                    block.set("payload", WireJson.tree(request.params()));
                    return content(block, request.blocks());
                },
                response -> {
                    block.put("request_id", response.inReplyTo().toString());
                    block.put("status", response.status().name().toLowerCase(Locale.ROOT));
                    block.set("payload", WireJson.tree(response.result()));
                    return content(block, response.blocks());
                });
        delivery(block, envelope.toString());
        return new Notice("comms", headline, block, headline);
    }

    private static void outgoing(ObjectNode block, String kind, CommsCommand<?> command, String headline) {
        block.put("kind", kind);
        block.put("direction", "outgoing");
        // A peer that was addressed by name shows in the summary: the entry does not keep the id it stood for.
        if (command.recipient().orElse(null) instanceof PeerRef.ById to) {
            block.set("peer", WireJson.object().put("id", to.id().toString()));
        }
        block.put("summary", headline);
    }

    private static ObjectNode content(ObjectNode block, List<ContentBlock> blocks) {
        return blocks.isEmpty() ? block : block.set("content", ContentWriter.blocks(blocks));
    }

    private static ObjectNode incoming(String kind, PeerSender from, ContentTaint taint) {
        ObjectNode block = WireJson.object();
        block.put("type", "comms");
        block.put("kind", kind);
        block.put("direction", "incoming");
        block.set("peer", peer(from));
        addTaint(block, taint);
        return block;
    }

    static ObjectNode peer(PeerSender from) {
        ObjectNode peer = WireJson.object().put("id", from.id().toString());
        return from.name().isEmpty() ? peer : peer.put("display_name", from.name());
    }

    static void addTaint(ObjectNode into, ContentTaint taint) {
        if (taint != ContentTaint.UNDECLARED) {
            into.put("sender_taint", taint.name().toLowerCase(Locale.ROOT));
        }
    }

    private void delivery(ObjectNode block, String envelope) {
        if (all) {
            block.put("delivery_id", envelope);
        }
    }

    private static String nameOf(PeerSender from) {
        return from.name().isEmpty() ? from.id().toString() : from.name();
    }

    private static String taint(ContentTaint taint) {
        return taint == ContentTaint.TAINTED ? "\n[sender declared this content tainted]" : "";
    }
}
