package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a model gets to read of the inputs that a run took up: a text, or a list of blocks. Bounded. */
final class RunContent {
    /** Of the texts and images of one event. */
    private static final int CHARS = 2 * Limits.MESSAGE_BYTES;

    private RunContent() {}

    static JsonNode of(List<AdmittedInput> inputs, InputNotices notices) {
        List<ContentBlock> all = new ArrayList<>();
        long chars = 0;
        int left = inputs.size();
        for (AdmittedInput input : inputs) {
            List<ContentBlock> shown = blocks(input, notices);
            chars += shown.stream().mapToLong(ContentBlock::sizeBytes).sum();
            if (chars > CHARS) {
                all.add(new ContentBlock.Text("[" + left + " more inputs]"));
                break;
            }
            all.addAll(shown);
            left--;
        }
        return written(all);
    }

    private static JsonNode written(List<ContentBlock> blocks) {
        if (blocks.isEmpty()) {
            return TextNode.valueOf("");
        }
        if (blocks.size() == 1 && blocks.get(0) instanceof ContentBlock.Text only) {
            return TextNode.valueOf(only.text());
        }
        return ContentWriter.blocks(blocks);
    }

    private static List<ContentBlock> blocks(AdmittedInput input, InputNotices notices) {
        if (input.body() instanceof InputBody.Prompt prompt) {
            return prompt.blocks().isEmpty()
                    ? List.of(new ContentBlock.Text(prompt.text()))
                    : ContentWriter.withBody(prompt.text(), prompt.blocks());
        }
        Optional<Notice> notice = notices.of(input);
        List<ContentBlock> shown = new ArrayList<>();
        notice.ifPresent(told -> shown.add(new ContentBlock.Text(told.text())));
        if (input.body() instanceof InputBody.External external) {
            external.event().blocks().stream()
                    .filter(ContentBlock.Image.class::isInstance)
                    .forEach(shown::add);
        }
        return shown;
    }
}
