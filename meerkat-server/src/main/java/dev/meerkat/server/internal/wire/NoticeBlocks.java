package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.Params;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Blocks of a {@code system_notice} in the words in which a model reads them. */
final class NoticeBlocks {
    private static final String PAYLOAD = "payload";

    private NoticeBlocks() {}

    /** The text of a block; of a type that has no words of its own, the JSON. */
    static String shown(Params block) {
        return switch (block.optionalText("type").orElse("")) {
            case "external_event" -> event(block);
            case "comms" -> comms(block);
            default -> PrettyJson.of(block.tree());
        };
    }

    private static String event(Params block) {
        String said = block.optionalText("body").orElse(block.text("event_type"));
        List<String> lines = new ArrayList<>();
        lines.add("External event via " + block.text("source") + ": " + said);
        addContent(block, lines);
        addJson(block, "Payload", lines);
        return String.join("\n", lines);
    }

    private static String comms(Params block) {
        String kind = block.text("kind");
        boolean outgoing = block.text("direction").equals("outgoing");
        String peer = block.optionalObject("peer")
                .flatMap(p -> text(p, "display_name").or(() -> text(p, "id")))
                .map(name -> (outgoing ? " to " : " from ") + name)
                .orElse("");
        List<String> lines = new ArrayList<>();
        lines.add("Peer " + words(kind) + peer + ":");
        addContent(block, lines);
        text(block, "summary").ifPresent(lines::add);
        addText(block, "request_id", "Request ID", lines);
        addText(block, "intent", "Intent", lines);
        addText(block, "status", "Status", lines);
        addJson(block, kind.equals("request") ? "Params" : kind.startsWith("response") ? "Result" : "Payload", lines);
        addText(block, "delivery_id", "Delivery ID", lines);
        addText(block, "in_reply_to", "In reply to", lines);
        if (block.optionalText("sender_taint").filter("tainted"::equals).isPresent()) {
            lines.add("[sender declared this content tainted]");
        }
        return String.join("\n", lines);
    }

    private static String words(String kind) {
        return switch (kind) {
            case "response_terminal" -> "terminal response";
            case "response_progress" -> "response";
            default -> kind;
        };
    }

    private static Optional<String> text(Params block, String field) {
        return block.optionalText(field).filter(text -> !text.isBlank());
    }

    private static void addText(Params block, String field, String label, List<String> lines) {
        text(block, field).ifPresent(text -> lines.add(label + ": " + text));
    }

    private static void addJson(Params block, String label, List<String> lines) {
        if (block.has(PAYLOAD)) {
            lines.add(label + ": " + PrettyJson.of(block.json(PAYLOAD)));
        }
    }

    private static void addContent(Params block, List<String> lines) {
        JsonNode content = block.node("content");
        if (content.isMissingNode() || content.isNull()) {
            return;
        }
        String text = ContextReader.blocks(block, "content", content);
        if (!text.isEmpty()) {
            lines.add(text);
        }
    }
}
