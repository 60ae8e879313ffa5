package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads prompts and content blocks. */
final class BlockReader {
    private BlockReader() {}

    /** A prompt: a text, or blocks of which at least one is a text. */
    static InputBody.Prompt prompt(Params params, String field) {
        JsonNode value = params.node(field);
        if (!value.isArray()) {
            return new InputBody.Prompt(params.text(field), List.of());
        }
        List<ContentBlock> blocks = new ArrayList<>(blocks(params, field));
        Optional<ContentBlock.Text> text = blocks.stream()
                .filter(ContentBlock.Text.class::isInstance)
                .map(ContentBlock.Text.class::cast)
                .findFirst();
        if (text.isEmpty()) {
            throw params.wrong(field, value, "must have a text block");
        }
        blocks.remove(text.get());
        return new InputBody.Prompt(text.get().text(), blocks);
    }

    /** Blocks; empty if absent. */
    static List<ContentBlock> blocks(Params params, String field) {
        JsonNode value = params.node(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw params.wrong(field, value, "must be an array of content blocks");
        }
        List<ContentBlock> blocks = new ArrayList<>();
        for (JsonNode element : value) {
            if (!(element instanceof ObjectNode object)) {
                throw params.wrong(field + "[]", element, "must be a content block");
            }
            blocks.add(block(Params.of(object)));
        }
        return List.copyOf(blocks);
    }

    /** Blocks beside a body, without the one at their beginning that only repeats it. */
    static List<ContentBlock> blocksBeside(Params params, String body) {
        List<ContentBlock> blocks = blocks(params, "blocks");
        boolean repeated = !blocks.isEmpty() && blocks.get(0).equals(text(body));
        return repeated ? blocks.subList(1, blocks.size()) : blocks;
    }

    private static ContentBlock text(String body) {
        return new ContentBlock.Text(body);
    }

    private static ContentBlock block(Params block) {
        String type = block.text("type");
        return switch (type) {
            case "text" -> new ContentBlock.Text(block.text("text"));
            case "image" -> {
                if (!block.text("source").equals("inline")) {
                    throw block.wrong("source", block.node("source"), "of an image block must be inline");
                }
                yield new ContentBlock.Image(block.text("media_type"), block.text("data"));
            }
            default -> throw block.wrong("type", block.node("type"), "of a content block must be text or image");
        };
    }
}
