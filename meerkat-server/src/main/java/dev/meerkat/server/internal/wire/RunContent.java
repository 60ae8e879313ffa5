package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Limits;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.util.List;

/** What a model gets to read of the inputs that a run took up: a text, or a list of blocks. Bounded. */
final class RunContent {
    /** Of the texts and images of one event. */
    private static final int CHARS = 2 * Limits.MESSAGE_BYTES;

    private static final String TEXT = "text";

    private RunContent() {}

    static JsonNode of(List<AdmittedInput> inputs, InputNotices notices) {
        ArrayNode all = ContentWriter.array();
        long chars = 0;
        int left = inputs.size();
        for (AdmittedInput input : inputs) {
            ArrayNode shown = blocks(input, notices);
            for (JsonNode block : shown) {
                chars += block.path(TEXT).asText().length()
                        + block.path("data").asText().length();
            }
            if (chars > CHARS) {
                all.add(BlockForm.text("[" + left + " more inputs]"));
                break;
            }
            all.addAll(shown);
            left--;
        }
        return written(all);
    }

    private static JsonNode written(ArrayNode blocks) {
        if (blocks.isEmpty()) {
            return TextNode.valueOf("");
        }
        boolean only = blocks.size() == 1 && blocks.path(0).has(TEXT);
        return only ? blocks.path(0).path(TEXT) : blocks;
    }

    private static ArrayNode blocks(AdmittedInput input, InputNotices notices) {
        if (input.body() instanceof InputBody.Prompt prompt) {
            return prompt.blocks().isEmpty()
                    ? ContentWriter.blocks(prompt.text(), List.of())
                    : ContentWriter.blocks(ContentWriter.withBody(prompt.text(), prompt.blocks()));
        }
        ArrayNode shown = ContentWriter.array();
        notices.of(input).ifPresent(told -> shown.add(BlockForm.text(told.text())));
        if (input.body() instanceof InputBody.External external) {
            shown.addAll(ContentWriter.blocks(external.event().blocks().stream()
                    .filter(ContentBlock.Image.class::isInstance)
                    .toList()));
        }
        return shown;
    }
}
