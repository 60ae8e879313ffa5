package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The blocks of system notices that show what came in from outside. Throws what the API refuses. */
final class Notices {
    private static final String HEADER = "Peer message from ";
    private static final String LIFECYCLE = "Peer lifecycle: ";

    private Notices() {}

    /** What came in; empty if the block shows something else. */
    static Optional<InputBody> body(JsonNode block, String self) {
        return switch (WireFields.textOr(block, "type", "")) {
            case "external_event" -> Optional.of(external(block));
            case "comms" -> comms(block, self);
            default -> Optional.empty();
        };
    }

    /** The id under which the sender knows the input, which is the envelope's; else the server's own. */
    static InputId inputId(JsonNode block, InputId own) {
        // What a response names is the request.
        InputId requested = WireFields.textOr(block, "kind", "").equals("request")
                ? WireFields.idOr(block, "request_id", InputId::of, own)
                : own;
        return WireFields.idOr(block, "delivery_id", InputId::of, requested);
    }

    private static InputBody external(JsonNode block) {
        ExternalEvent event = ExternalEvent.genericJson(
                        WireFields.textOr(block, "event_type", ""), WireJson.json(block.path("payload")))
                .withBlocks(BlockForm.readAny(block.path("content")));
        String source = WireFields.textOr(block, "source", "");
        return new InputBody.External(source.isEmpty() ? event : event.withSource(source));
    }

    private static Optional<InputBody> comms(JsonNode block, String self) {
        if (!WireFields.textOr(block, "direction", "").equals("incoming")) {
            return Optional.empty();
        }
        return switch (WireFields.textOr(block, "kind", "")) {
            case "message" -> Optional.of(message(block, self));
            case "request" -> Optional.of(request(block, self));
            case "response_progress", "response_terminal" -> status(block).map(status -> response(block, self, status));
            case "lifecycle" -> lifecycle(block, self);
            default -> Optional.empty();
        };
    }

    /** Its kind stands in the summary only. */
    private static Optional<InputBody> lifecycle(JsonNode block, String self) {
        String summary = WireFields.textOr(block, "summary", "");
        if (!summary.startsWith(LIFECYCLE)) {
            return Optional.empty();
        }
        LifecycleKind kind = new LifecycleKind(summary.substring(LIFECYCLE.length()));
        CommsCommand.PeerLifecycle command =
                new CommsCommand.PeerLifecycle(PeerRef.named(self), kind, WireJson.json(block.path("payload")));
        return Optional.of(new InputBody.PeerLifecycle(sender(block), command));
    }

    /** Empty for one that the API does not have, such as that of a request which was taken back. */
    private static Optional<ResponseStatus> status(JsonNode block) {
        String word = WireFields.textOr(block, "status", "").toUpperCase(Locale.ROOT);
        return Stream.of(ResponseStatus.values())
                .filter(status -> status.name().equals(word))
                .findFirst();
    }

    /** The content begins with the response as text for the model, which holds nothing that the other fields do not. */
    private static InputBody response(JsonNode block, String self, ResponseStatus status) {
        List<ContentBlock> content = BlockForm.readAny(block.path("content"));
        boolean shown = !content.isEmpty() && content.get(0) instanceof ContentBlock.Text;
        JsonNode result = block.path("payload");
        String request = WireFields.textOr(block, "request_id", WireFields.textOr(block, "in_reply_to", ""));
        return new InputBody.PeerResponse(
                sender(block),
                new CommsCommand.PeerResponse(
                        PeerRef.named(self),
                        RequestId.of(request),
                        status,
                        result.isMissingNode() ? Json.NULL : WireJson.json(result),
                        shown ? content.subList(1, content.size()) : content,
                        taint(block),
                        Optional.empty()));
    }

    private static InputBody message(JsonNode block, String self) {
        PeerSender from = sender(block);
        List<ContentBlock> content = BlockForm.readAny(block.path("content"));
        String body = withoutHeader(BlockForm.textOf(content), from.name());
        return new InputBody.PeerMessage(
                from,
                CommsCommand.PeerMessage.to(self, body)
                        .withBlocks(BlockForm.withoutText(content))
                        .withContentTaint(taint(block)),
                inReplyTo(block));
    }

    private static Optional<EnvelopeId> inReplyTo(JsonNode block) {
        String answered = WireFields.textOr(block, "in_reply_to", "");
        return answered.isEmpty() ? Optional.empty() : Optional.of(EnvelopeId.of(answered));
    }

    /** The content shows the request as text for the model, and holds nothing that the other fields do not. */
    private static InputBody request(JsonNode block, String self) {
        CommsCommand.PeerRequest command = CommsCommand.PeerRequest.to(
                        self, WireFields.textOr(block, "intent", ""), WireJson.json(block.path("payload")))
                .withContentTaint(taint(block));
        RequestId id = RequestId.of(WireFields.textOr(block, "request_id", ""));
        return new InputBody.PeerRequest(sender(block), id, command);
    }

    private static PeerSender sender(JsonNode block) {
        JsonNode peer = block.path("peer");
        return new PeerSender(
                PeerId.of(WireFields.textOr(peer, "id", "")), WireFields.textOr(peer, "display_name", ""));
    }

    private static ContentTaint taint(JsonNode block) {
        return switch (WireFields.textOr(block, "sender_taint", "")) {
            case "clean" -> ContentTaint.CLEAN;
            case "tainted" -> ContentTaint.TAINTED;
            default -> ContentTaint.UNDECLARED;
        };
    }

    /** Servers put a line with the sender before the text. */
    private static String withoutHeader(String text, String sender) {
        String header = HEADER + sender + ":\n";
        if (!sender.isEmpty() && text.startsWith(header)) {
            return text.substring(header.length());
        }
        int end = text.indexOf(":\n");
        return sender.isEmpty() && text.startsWith(HEADER) && end > 0 ? text.substring(end + 2) : text;
    }
}
