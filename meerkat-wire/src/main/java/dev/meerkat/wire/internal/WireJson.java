package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** JSON of the wire as trees: bounded depth, numbers kept as they are spelt, duplicate fields refused. Thread-safe. */
public final class WireJson {
    /** What the envelopes of the wire nest around a value of the API. */
    private static final int ENVELOPE_DEPTH = 20;

    /** How that begins which is of the library that reads, behind what is wrong: its sources and its options. */
    private static final List<String> OF_LIBRARY =
            List.of(" (start marker at", ": enable `", " (not recognized as one since");

    private static final ObjectMapper MAPPER = mapper();

    private WireJson() {}

    private static ObjectMapper mapper() {
        JsonFactory factory = new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                // Numbers are copied, and what may be long is bounded where it is received.
                .streamReadConstraints(JsonText.constraints(Limits.JSON_DEPTH + ENVELOPE_DEPTH))
                .build();
        return JsonMapper.builder(factory).build();
    }

    /** Reads one JSON value from UTF-8 bytes and nothing after it. */
    public static JsonNode read(byte[] bytes, int offset, int length) throws IOException {
        // The parser's own decoder guesses encodings and lets some malformed sequences pass.
        CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
        return read(MAPPER.createParser(text.array(), text.arrayOffset(), text.remaining()));
    }

    /** Reads one JSON value and nothing after it. */
    public static JsonNode read(String text) throws IOException {
        return read(MAPPER.createParser(text));
    }

    private static JsonNode read(JsonParser opened) throws IOException {
        try (JsonParser parser = opened) {
            if (parser.nextToken() == null) {
                throw new JsonParseException(parser, "has no JSON value");
            }
            JsonNode tree = tree(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "has more than one JSON value");
            }
            return tree;
        }
    }

    /** The library's own trees hold numbers as values, and forget how they were spelt. */
    private static JsonNode tree(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = object();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.set(name, tree(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(tree(parser));
                }
                yield array;
            }
            case VALUE_STRING -> TextNode.valueOf(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText());
            case VALUE_TRUE -> BooleanNode.TRUE;
            case VALUE_FALSE -> BooleanNode.FALSE;
            case VALUE_NULL -> NullNode.getInstance();
            default -> throw new JsonParseException(parser, "has no JSON value");
        };
    }

    private static JsonNode number(String text) {
        if (SpeltNumber.isNeeded(text)) {
            return new SpeltNumber(text);
        }
        long value = Long.parseLong(text);
        return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
    }

    /** Why bytes could not be read, for whoever sent them: without the names of classes and settings of the parser. */
    public static String why(IOException failure) {
        if (failure instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        if (failure instanceof StreamConstraintsException) {
            return "it is nested too deeply, or has a number that is too long";
        }
        return ofText(
                failure instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : String.valueOf(failure.getMessage()));
    }

    /** What a message of the parser says of the text, without what it says of the parser. */
    static String ofText(String said) {
        int end = OF_LIBRARY.stream()
                .mapToInt(said::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(said.length());
        return said.substring(0, end);
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

    /** Writes a tree as text, in which there may be half of a character. */
    public static String text(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new InvalidFieldException("json", tree.getNodeType().name(), "cannot be written as JSON", e);
        }
    }
}
