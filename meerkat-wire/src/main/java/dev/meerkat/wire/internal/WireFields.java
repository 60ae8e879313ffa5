package dev.meerkat.wire.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Fields of JSON objects, read tolerantly: what is needed and is not there is an {@link InvalidFieldException} that names it,
 * and what is not needed is empty if it is odd.
 */
public final class WireFields {
    private WireFields() {}

    /** An object that must be there. */
    public static JsonNode object(JsonNode from, String field) {
        JsonNode value = from.path(field);
        if (!value.isObject()) {
            throw wrong(from, field, "must be an object");
        }
        return value;
    }

    /** An array that must be there. */
    public static JsonNode array(JsonNode from, String field) {
        JsonNode value = from.path(field);
        if (!value.isArray()) {
            throw wrong(from, field, "must be an array");
        }
        return value;
    }

    /** A text that must be there. */
    public static String text(JsonNode from, String field) {
        return optionalText(from, field).orElseThrow(() -> wrong(from, field, "must be a text"));
    }

    /** A text; empty if it is something else. */
    public static Optional<String> optionalText(JsonNode from, String field) {
        return Optional.ofNullable(from.path(field).textValue());
    }

    /** A text, or another one if it is something else. */
    public static String textOr(JsonNode from, String field, String otherwise) {
        return optionalText(from, field).orElse(otherwise);
    }

    /** A whole number that must be there. */
    public static long count(JsonNode from, String field) {
        return optionalCount(from, field).orElseThrow(() -> wrong(from, field, "must be a whole number, not negative"));
    }

    /** A whole number; empty if it is something else, or negative. */
    public static Optional<Long> optionalCount(JsonNode from, String field) {
        JsonNode value = from.path(field);
        boolean fits = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
        return fits ? Optional.of(value.longValue()) : Optional.empty();
    }

    /** An id that must be there. */
    public static <T> T id(JsonNode from, String field, Function<String, T> reader) {
        String text = text(from, field);
        try {
            return reader.apply(text);
        } catch (InvalidFieldException e) {
            throw new InvalidFieldException(field, text, "must be an id", e);
        }
    }

    /** An id; empty if there is none that can be read. */
    public static <T> Optional<T> optionalId(JsonNode from, String field, Function<String, T> reader) {
        try {
            return optionalText(from, field).map(reader);
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }

    /** An id, or another one if there is none that can be read. */
    public static <T> T idOr(JsonNode from, String field, Function<String, T> reader, T otherwise) {
        return optionalId(from, field, reader).orElse(otherwise);
    }

    /** A time that must be there. */
    public static Instant time(JsonNode from, String field) {
        return optionalTime(from, field).orElseThrow(() -> wrong(from, field, "must be a time"));
    }

    /** A time as seconds since 1970 or as text, since servers write both; empty if it is something else. */
    public static Optional<Instant> optionalTime(JsonNode from, String field) {
        try {
            Optional<String> text = optionalText(from, field);
            return text.isPresent()
                    ? text.map(time -> OffsetDateTime.parse(time).toInstant())
                    : optionalCount(from, field).map(Instant::ofEpochSecond);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static InvalidFieldException wrong(JsonNode from, String field, String problem) {
        return new InvalidFieldException(field, from.path(field).getNodeType().name(), problem);
    }

    /** The texts of an object by their names; what is no text is left out. */
    public static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties().forEach(entry -> {
            if (entry.getValue().isTextual()) {
                texts.put(entry.getKey(), entry.getValue().textValue());
            }
        });
        return Map.copyOf(texts);
    }

    /** Adds labels in the order of their names, so that equal ones are written alike; nothing if there are none. */
    public static void addLabels(ObjectNode to, Map<String, String> labels) {
        if (!labels.isEmpty()) {
            ObjectNode written = to.putObject("labels");
            new TreeMap<>(labels).forEach(written::put);
        }
    }
}
