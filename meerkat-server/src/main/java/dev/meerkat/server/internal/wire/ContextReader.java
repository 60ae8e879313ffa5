package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.util.ArrayList;
import java.util.List;

/** Reads context for an agent, of which the transcript keeps the text. A text may be empty. */
final class ContextReader {
    private ContextReader() {}

    /** The text of {@code content} of {@code session/inject_context}. */
    static String text(Params content) {
        String type = content.text("type");
        return switch (type) {
            case "text" -> content.text("text");
            case "blocks" -> blocks(content, "blocks", content.node("blocks"));
            case "json" -> PrettyJson.of(content.json("value"));
            case "reference" -> reference(content);
            case "system_notice" -> notice(content);
            default ->
                throw content.wrong(
                        "type", content.node("type"), "must be text, blocks, json, reference or system_notice");
        };
    }

    private static String reference(Params content) {
        String uri = content.text("uri");
        return content.optionalText("label")
                .filter(label -> !label.isBlank())
                .map(label -> "[Reference] " + label + " (" + uri + ")")
                .orElse("[Reference] " + uri);
    }

    /** The body, and each block as an agent sees such a block elsewhere, or as it came if its type is another one. */
    private static String notice(Params content) {
        String unused = content.text("kind");
        List<String> parts = new ArrayList<>();
        content.optionalText("body").filter(body -> !body.isBlank()).ifPresent(parts::add);
        JsonNode blocks = content.node("blocks");
        if (!blocks.isMissingNode() && !blocks.isNull() && !blocks.isArray()) {
            throw content.wrong("blocks", blocks, "must be an array");
        }
        for (JsonNode block : blocks) {
            if (!(block instanceof ObjectNode object)) {
                throw content.wrong("blocks[]", block, "must be an object");
            }
            parts.add(NoticeBlocks.shown(Params.of(object)));
        }
        return String.join("\n", parts);
    }

    /** The texts of {@code injected_context} of a session or of a turn: each is a text or an array of blocks. */
    static List<String> injected(Params params) {
        String field = "injected_context";
        JsonNode given = params.node(field);
        if (given.isMissingNode() || given.isNull()) {
            return List.of();
        }
        if (!given.isArray()) {
            throw params.wrong(field, given, "must be an array");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : given) {
            if (element.isTextual()) {
                texts.add(element.textValue());
            } else if (element.isArray()) {
                texts.add(blocks(params, field + "[]", element));
            } else {
                throw params.wrong(field + "[]", element, "must be a string or an array of content blocks");
            }
        }
        return texts;
    }

    /** The texts of blocks, in lines; unlike those of a prompt, they may be blank. */
    static String blocks(Params params, String field, JsonNode given) {
        if (!given.isArray()) {
            throw params.wrong(field, given, "must be an array of content blocks");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : given) {
            if (!(element instanceof ObjectNode object)) {
                throw params.wrong(field + "[]", element, "must be a content block");
            }
            Params block = Params.of(object);
            boolean plain = block.text("type").equals("text");
            texts.add(plain ? block.text("text") : ContentWriter.shown(List.of(BlockForm.read(block))));
        }
        return String.join("\n", texts);
    }
}
