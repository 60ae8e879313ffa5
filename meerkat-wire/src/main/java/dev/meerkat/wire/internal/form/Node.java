package dev.meerkat.wire.internal.form;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.wire.internal.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A JSON object as read: a stored one, or the form of a value. Fields that it does not have are refused when they are asked for. */
public final class Node {
    /** The fields that hold foreign JSON: their text is kept and not looked into. */
    static final Set<String> RAW = Set.of("payload", "params", "result", "arguments", "raw");

    private static final int OWN_DEPTH = 20;
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Foreign field names would fill the cache, and names chosen to collide would make it fail.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(JsonText.constraints(Limits.JSON_DEPTH + OWN_DEPTH))
            .build();

    private final String text;
    private final Map<String, Object> fields;

    private Node(String text, Map<String, Object> fields) {
        this.text = text;
        this.fields = fields;
    }

    /**
     * Reads an object.
     *
     * @throws IOException if it is none
     */
    public static Node parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\ufffd') >= 0) {
            // Either stored so, or what was put in the place of damaged bytes: this decoder tells.
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        }
        return parse(text);
    }

    /**
     * Reads an object.
     *
     * @param text its JSON; a text in it may have half of a character
     * @throws IOException if it is none
     */
    public static Node parse(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            Node node = object(parser, text);
            if (parser.nextToken() != null) {
                throw new IOException("more than one JSON value");
            }
            return node;
        }
    }

    private static Node object(JsonParser parser, String text) throws IOException {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        Map<String, Object> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            Object value = RAW.contains(name) ? raw(parser, text) : value(parser, token, text);
            if (value != null) {
                fields.put(name, value);
            }
        }
        return new Node(text.substring(start, (int) parser.currentLocation().getCharOffset()), fields);
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token, String text) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser, text);
            case START_ARRAY -> {
                List<@Nullable Object> values = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    values.add(value(parser, next, text));
                }
                yield values;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            // Fractions are in no stored form; in an unknown one they are kept with its text.
            default -> parser.getText();
        };
    }

    private static Json raw(JsonParser parser, String text) throws IOException {
        if (!parser.currentToken().isStructStart()) {
            return Json.parse(JsonText.copy(parser));
        }
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        return Json.parse(text.substring(start, (int) parser.currentLocation().getCharOffset()));
    }

    /** The whole object, as stored. */
    public Json json() {
        return Json.parse(text);
    }

    public boolean has(String name) {
        return fields.containsKey(name);
    }

    public Json json(String name) {
        return get(name, Json.class);
    }

    public String text(String name) {
        return get(name, String.class);
    }

    public Optional<String> optionalText(String name) {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    public long number(String name) {
        return get(name, Long.class);
    }

    public int smallNumber(String name) {
        long number = number(name);
        if (number != (int) number) {
            throw new Malformed("field " + name + " is too large: " + number);
        }
        return (int) number;
    }

    public boolean flag(String name) {
        return get(name, Boolean.class);
    }

    public Instant time(String name) {
        try {
            return Instant.parse(text(name));
        } catch (DateTimeException e) {
            throw new Malformed("field " + name + " is no time: " + text(name));
        }
    }

    public <E extends Enum<E>> E constant(String name, Class<E> type) {
        try {
            return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new Malformed("field " + name + " has the unknown value " + text(name));
        }
    }

    public Node object(String name) {
        return get(name, Node.class);
    }

    public <T> List<T> list(String name, Function<Node, T> form) {
        return elements(name, Node.class).stream().map(form).toList();
    }

    public <T> List<T> ids(String name, Function<String, T> form) {
        return elements(name, String.class).stream().map(form).toList();
    }

    public Map<String, String> labels(String name) {
        Map<String, String> labels = new LinkedHashMap<>();
        list(name, label -> labels.put(label.text("name"), label.text("value")));
        return labels;
    }

    /** The texts of an object whose names come from outside. */
    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : object(name).fields.keySet()) {
            // Names of other JSON are no more than names here.
            texts.put(
                    key,
                    RAW.contains(key)
                            ? object(name).json(key).as(String.class)
                            : object(name).text(key));
        }
        return texts;
    }

    private <T> List<T> elements(String name, Class<T> type) {
        if (!has(name)) {
            return List.of();
        }
        List<T> elements = new ArrayList<>();
        for (Object element : get(name, List.class)) {
            elements.add(cast(name, element, type));
        }
        return elements;
    }

    private <T> T get(String name, Class<T> type) {
        return cast(name, fields.get(name), type);
    }

    private static <T> T cast(String name, @Nullable Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw new Malformed("field " + name + (value == null ? " is missing" : " has another shape"));
        }
        return type.cast(value);
    }

    /** An object that is JSON but not what it should be. */
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * A field that is not as it should be.
         *
         * @param problem which, and what is wrong
         */
        public Malformed(String problem) {
            super(problem);
        }
    }
}
