package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import dev.meerkat.api.Limits;
import java.io.IOException;
import java.io.StringWriter;

/** JSON as text: one strict factory, and copying that keeps the digits of numbers. */
public final class JsonText {
    /**
     * Strict, and safe for texts from outside: field names are not cached, because the cache of a
     * long-lived process would fill with them.
     */
    static final JsonFactory STRICT = strict(Limits.JSON_DEPTH);

    /** The most depth of the form of a value of the API, which nests around a payload. */
    static final int NESTED_DEPTH = Limits.JSON_DEPTH + 20;

    /** As strict, for texts that are a {@link dev.meerkat.api.Json} already. */
    static final JsonFactory NESTED = strict(NESTED_DEPTH);

    private JsonText() {}

    private static JsonFactory strict(int depth) {
        return new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(constraints(depth))
                .streamWriteConstraints(
                        StreamWriteConstraints.builder().maxNestingDepth(depth).build())
                .build();
    }

    /**
     * Constraints for texts whose size is bounded elsewhere, and whose numbers are copied and never
     * computed with.
     *
     * @param depth most nested arrays and objects
     */
    public static StreamReadConstraints constraints(int depth) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxNumberLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build();
    }

    /**
     * Copies the value at which a parser stands, and leaves the parser at its last token.
     *
     * @param parser at the first token of a value
     * @return the value's text, without insignificant white space
     */
    public static String copy(JsonParser parser) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = NESTED.createGenerator(text)) {
            copy(parser, generator);
        }
        return text.toString();
    }

    private static void copy(JsonParser parser, JsonGenerator generator) throws IOException {
        int depth = 0;
        for (JsonToken token = parser.currentToken(); ; token = parser.nextToken()) {
            depth += copyToken(parser, token, generator);
            if (depth == 0) {
                return;
            }
        }
    }

    /** Copies one token; the result says how much deeper what follows is nested. */
    private static int copyToken(JsonParser parser, JsonToken token, JsonGenerator generator) throws IOException {
        switch (token) {
            case START_OBJECT -> {
                generator.writeStartObject();
                return 1;
            }
            case START_ARRAY -> {
                generator.writeStartArray();
                return 1;
            }
            case END_OBJECT -> {
                generator.writeEndObject();
                return -1;
            }
            case END_ARRAY -> {
                generator.writeEndArray();
                return -1;
            }
            case FIELD_NAME -> {
                generator.writeFieldName(parser.currentName());
                // A name alone is no value: whatever the depth, its value must follow.
                parser.nextToken();
                return copyToken(parser, parser.currentToken(), generator);
            }
            case VALUE_STRING ->
                generator.writeString(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> generator.writeNumber(parser.getText());
            case VALUE_TRUE -> generator.writeBoolean(true);
            case VALUE_FALSE -> generator.writeBoolean(false);
            case VALUE_NULL -> generator.writeNull();
            default -> throw new IllegalStateException("no JSON token: " + token);
        }
        return 0;
    }
}
