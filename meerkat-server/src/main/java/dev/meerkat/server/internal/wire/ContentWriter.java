package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Json;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Content blocks, texts and times as the wire has them. */
final class ContentWriter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSxxx", Locale.ROOT);

    private ContentWriter() {}

    /** The id of a turn's answer, under which its events and its row of the transcript know it. */
    static String answerOf(TurnId turn) {
        return UUID.nameUUIDFromBytes(("answer of " + turn).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    static String time(Instant at) {
        return TIME.format(at.atOffset(ZoneOffset.UTC));
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static ArrayNode blocks(List<ContentBlock> blocks) {
        ArrayNode written = array();
        blocks.forEach(block -> written.add(block(block)));
        return written;
    }

    /** A text, which may be over the limit of a block of the API, and blocks. */
    static ArrayNode blocks(String first, List<ContentBlock> more) {
        return array().add(BlockForm.text(first)).addAll(blocks(more));
    }

    private static JsonNode block(ContentBlock block) {
        // Strict clients know no other blocks, so it is shown as what it says.
        return block instanceof ContentBlock.Unrecognized other
                ? BlockForm.text(other.raw().text())
                : BlockForm.write(block);
    }

    /** A text, or a list of blocks if there is more. */
    static JsonNode content(String text, List<ContentBlock> blocks) {
        return blocks.isEmpty() ? TextNode.valueOf(text) : blocks(withBody(text, blocks));
    }

    /** The body is told beside the blocks, unless they say it already. */
    static List<ContentBlock> withBody(String body, List<ContentBlock> blocks) {
        if (texts(blocks).equals(body)) {
            return blocks;
        }
        List<ContentBlock> all = new ArrayList<>(blocks.size() + 1);
        all.add(new ContentBlock.Text(body));
        all.addAll(blocks);
        return all;
    }

    private static String texts(List<ContentBlock> blocks) {
        return blocks.stream()
                .filter(ContentBlock.Text.class::isInstance)
                .map(block -> ((ContentBlock.Text) block).text())
                .collect(Collectors.joining("\n"));
    }

    /** The blocks as a model that reads only text gets them. */
    static String shown(List<ContentBlock> blocks) {
        return blocks.stream().map(ContentWriter::shown).collect(Collectors.joining("\n"));
    }

    static String shown(String first, List<ContentBlock> more) {
        return more.isEmpty() ? first : first + "\n" + shown(more);
    }

    private static String shown(ContentBlock block) {
        if (block instanceof ContentBlock.Text text) {
            return text.text();
        }
        return block instanceof ContentBlock.Image image
                ? "[image: " + image.mediaType() + "]"
                : "[" + ((ContentBlock.Unrecognized) block).type() + "]";
    }

    /** A JSON text as it is, anything else as JSON. */
    static String plain(Json json) {
        return json.text().startsWith("\"") ? json.as(String.class) : json.text();
    }

    /** The text {@code body} of a payload, if it has one. */
    static Optional<String> bodyOf(Json payload) {
        if (!payload.text().startsWith("{")) {
            return Optional.empty();
        }
        return payload.at("/body")
                .filter(body -> body.text().startsWith("\""))
                .map(body -> body.as(String.class))
                .filter(body -> !body.isEmpty());
    }
}
