package dev.meerkat.json.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON of the wire as trees: bounded depth, numbers kept exactly, duplicate fields refused. Thread-safe. */
public final class WireJson {
    /** What the envelopes of the wire nest around a value of the API. */
    private static final int ENVELOPE_DEPTH = 20;

    /** No server writes longer ones, and reading them takes more than linear time. */
    private static final int NUMBER_CHARS = 1_000;

    private static final ObjectMapper MAPPER = mapper();

    private WireJson() {}

    private static ObjectMapper mapper() {
        // Strings may be as long as the message, which is bounded where it is received.
        JsonFactory factory = new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Limits.JSON_DEPTH + ENVELOPE_DEPTH)
                        .maxNumberLength(NUMBER_CHARS)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /** Reads one JSON value from UTF-8 bytes and nothing after it. */
    public static JsonNode read(byte[] bytes, int offset, int length) throws IOException {
        // The parser's own decoder guesses encodings and lets some malformed sequences pass.
        CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
        char[] chars = text.array();
        try (JsonParser parser = MAPPER.createParser(chars, text.arrayOffset(), text.remaining())) {
            if (parser.nextToken() == null) {
                throw new JsonParseException(parser, "has no JSON value");
            }
            JsonNode tree = MAPPER.readTree(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "has more than one JSON value");
            }
            return tree;
        } catch (NumberFormatException e) {
            // The parser lets this through for an exponent that no number type can hold.
            throw new IOException("has a number that cannot be read", e);
        }
    }

    /** Writes a tree as UTF-8, without line ends. */
    public static byte[] write(JsonNode tree) {
        String text = text(tree);
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new InvalidFieldException("json", text, "has an unpaired surrogate, so it has no UTF-8 form", e);
        }
    }

    /** A value of the API as a tree: one opaque node, which is written as it is, to the digit. */
    public static JsonNode tree(Json json) {
        return JsonNodeFactory.instance.rawValueNode(new RawValue(json.text()));
    }

    /** A tree as a value of the API; a missing node is null. Refuses what is over the API's limits. */
    public static Json json(JsonNode tree) {
        return tree.isMissingNode() ? Json.NULL : Json.parse(text(tree));
    }

    /** The same, but what the API cannot hold is replaced by an object that says so. */
    public static Json kept(JsonNode tree) {
        try {
            return json(tree);
        } catch (InvalidFieldException e) {
            ObjectNode note = object();
            note.put("omitted", "over the limits of a JSON value: " + e.field());
            return json(note);
        }
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String text(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new InvalidFieldException("json", tree.getNodeType().name(), "cannot be written as JSON", e);
        }
    }
}
