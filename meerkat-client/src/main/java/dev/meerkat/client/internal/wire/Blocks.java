package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.json.internal.WireJson;
import java.util.ArrayList;
import java.util.List;

/** Content blocks of messages and of transcript rows. */
final class Blocks {
    private Blocks() {}

    static ArrayNode write(List<ContentBlock> blocks) {
        ArrayNode written = JsonNodeFactory.instance.arrayNode(blocks.size());
        blocks.forEach(block -> written.add(write(block)));
        return written;
    }

    /** A text alone, or as the first of the blocks. */
    static JsonNode content(String text, List<ContentBlock> more) {
        if (more.isEmpty()) {
            return TextNode.valueOf(text);
        }
        return write(textAndMore(text, more));
    }

    /** The blocks with the text among them, because servers show those instead. */
    static List<ContentBlock> textAndMore(String text, List<ContentBlock> more) {
        List<ContentBlock> all = new ArrayList<>(more);
        if (!more.get(0).equals(new ContentBlock.Text(text))) {
            all.add(0, new ContentBlock.Text(text));
        }
        return all;
    }

    private static JsonNode write(ContentBlock block) {
        ObjectNode written = WireJson.object();
        if (block instanceof ContentBlock.Text text) {
            written.put("type", "text");
            written.put("text", text.text());
            return written;
        }
        if (block instanceof ContentBlock.Image image) {
            written.put("type", "image");
            written.put("media_type", image.mediaType());
            written.put("source", "inline");
            written.put("data", image.data());
            return written;
        }
        return WireJson.tree(((ContentBlock.Unrecognized) block).raw());
    }

    /** Reads an array of blocks; anything else has none. Throws what the constructors of the API refuse. */
    static List<ContentBlock> read(JsonNode blocks) {
        List<ContentBlock> read = new ArrayList<>();
        if (blocks.isArray()) {
            blocks.forEach(block -> read.add(readOne(block)));
        }
        return read;
    }

    private static ContentBlock readOne(JsonNode block) {
        String type = block.path("type").asText("");
        if (type.equals("text") && block.path("text").isTextual()) {
            return new ContentBlock.Text(block.path("text").textValue());
        }
        boolean inline = block.path("source").asText("").equals("inline");
        JsonNode mediaType = block.path("media_type");
        JsonNode data = block.path("data");
        if (type.equals("image") && inline && mediaType.isTextual() && data.isTextual()) {
            return new ContentBlock.Image(mediaType.textValue(), data.textValue());
        }
        return new ContentBlock.Unrecognized(type, WireJson.json(block));
    }

    /** The texts among the blocks as one text, and empty if there is none. */
    static String text(List<ContentBlock> blocks) {
        List<String> texts = new ArrayList<>();
        for (ContentBlock block : blocks) {
            if (block instanceof ContentBlock.Text text) {
                texts.add(text.text());
            }
        }
        return String.join("\n", texts);
    }

    static List<ContentBlock> withoutText(List<ContentBlock> blocks) {
        return blocks.stream()
                .filter(block -> !(block instanceof ContentBlock.Text))
                .toList();
    }
}
