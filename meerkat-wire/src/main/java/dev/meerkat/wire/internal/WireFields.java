package dev.meerkat.wire.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Fields of JSON objects. What is needed and is not there is an {@link InvalidFieldException} that names it. */
public final class WireFields {
    private WireFields() {}

    /** A text that must be there. */
    public static String text(JsonNode from, String field) {
        return optionalText(from, field).orElseThrow(() -> wrong(from, field, "must be a text"));
    }

    /** A text; empty if it is something else. */
    public static Optional<String> optionalText(JsonNode from, String field) {
        return Optional.ofNullable(from.path(field).textValue());
    }

    /** A whole number that must be there. */
    public static long number(JsonNode from, String field) {
        JsonNode value = from.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(from, field, "must be a whole number");
        }
        return value.longValue();
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
