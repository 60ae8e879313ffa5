package dev.meerkat.wire.internal.comms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Content blocks. Those of parameters are read strictly, and one of another kind is refused; those of transcripts are
 * read as they are, since servers may have blocks that this version does not know.
 */
public final class BlockForm {
    private static final String TYPE = "type";
    private static final String TEXT = "text";
    private static final String IMAGE = "image";
    private static final String SOURCE = "source";
    private static final String INLINE = "inline";
    private static final String MEDIA_TYPE = "media_type";
    private static final String DATA = "data";

    private BlockForm() {}

    /** An array of blocks. */
    public static ArrayNode write(List<ContentBlock> blocks) {
        ArrayNode written = JsonNodeFactory.instance.arrayNode(blocks.size());
        blocks.forEach(block -> written.add(write(block)));
        return written;
    }

    /** One block; an unknown one as it came. */
    public static JsonNode write(ContentBlock block) {
        if (block instanceof ContentBlock.Text text) {
            return text(text.text());
        }
        if (block instanceof ContentBlock.Image image) {
            return WireJson.object()
                    .put(TYPE, IMAGE)
                    .put(MEDIA_TYPE, image.mediaType())
                    .put(SOURCE, INLINE)
                    .put(DATA, image.data());
        }
        return WireJson.tree(((ContentBlock.Unrecognized) block).raw());
    }

    /** A text block, of a text which may be over the limit of a block of the API. */
    public static ObjectNode text(String text) {
        return WireJson.object().put(TYPE, TEXT).put(TEXT, text);
    }

    /** A text alone, or as the first of the blocks. */
    public static JsonNode content(String text, List<ContentBlock> more) {
        return more.isEmpty() ? TextNode.valueOf(text) : write(textAndMore(text, more));
    }

    /** The blocks with the text among them, because servers show those instead. */
    public static List<ContentBlock> textAndMore(String text, List<ContentBlock> more) {
        List<ContentBlock> all = new ArrayList<>(more);
        if (!more.get(0).equals(new ContentBlock.Text(text))) {
            all.add(0, new ContentBlock.Text(text));
        }
        return all;
    }

    /** Reads an array of blocks of any kind; anything else has none. Throws what the constructors of the API refuse. */
    public static List<ContentBlock> readAny(JsonNode blocks) {
        List<ContentBlock> read = new ArrayList<>();
        if (blocks.isArray()) {
            blocks.forEach(block -> read.add(readAnyOne(block)));
        }
        return read;
    }

    private static ContentBlock readAnyOne(JsonNode block) {
        String type = block.path(TYPE).asText("");
        if (type.equals(TEXT) && block.path(TEXT).isTextual()) {
            return new ContentBlock.Text(block.path(TEXT).textValue());
        }
        boolean inline = block.path(SOURCE).asText("").equals(INLINE);
        JsonNode mediaType = block.path(MEDIA_TYPE);
        JsonNode data = block.path(DATA);
        if (type.equals(IMAGE) && inline && mediaType.isTextual() && data.isTextual()) {
            return new ContentBlock.Image(mediaType.textValue(), data.textValue());
        }
        return new ContentBlock.Unrecognized(type, WireJson.json(block));
    }

    /** The texts among the blocks as one text, and empty if there is none. */
    public static String textOf(List<ContentBlock> blocks) {
        List<String> texts = new ArrayList<>();
        for (ContentBlock block : blocks) {
            if (block instanceof ContentBlock.Text text) {
                texts.add(text.text());
            }
        }
        return String.join("\n", texts);
    }

    /** The blocks that are no texts. */
    public static List<ContentBlock> withoutText(List<ContentBlock> blocks) {
        return blocks.stream()
                .filter(block -> !(block instanceof ContentBlock.Text))
                .toList();
    }

    /** A prompt: a text, or blocks of which at least one is a text. */
    public static InputBody.Prompt prompt(Params params, String field) {
        JsonNode value = params.node(field);
        if (!value.isArray()) {
            return new InputBody.Prompt(params.text(field), List.of());
        }
        List<ContentBlock> blocks = new ArrayList<>(read(params, field));
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
    public static List<ContentBlock> read(Params params, String field) {
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
            blocks.add(read(Params.of(object)));
        }
        return List.copyOf(blocks);
    }

    /** Blocks beside a body, without the one at their beginning that only repeats it. */
    public static List<ContentBlock> readBeside(Params params, String body) {
        List<ContentBlock> blocks = read(params, "blocks");
        boolean repeated = !blocks.isEmpty() && blocks.get(0).equals(new ContentBlock.Text(body));
        return repeated ? blocks.subList(1, blocks.size()) : blocks;
    }

    /** One block. */
    public static ContentBlock read(Params block) {
        String type = block.text(TYPE);
        return switch (type) {
            case TEXT -> new ContentBlock.Text(block.text(TEXT));
            case IMAGE -> {
                if (!block.text(SOURCE).equals(INLINE)) {
                    throw block.wrong(SOURCE, block.node(SOURCE), "of an image block must be inline");
                }
                yield new ContentBlock.Image(block.text(MEDIA_TYPE), block.text(DATA));
            }
            default -> throw block.wrong(TYPE, block.node(TYPE), "of a content block must be text or image");
        };
    }
}
