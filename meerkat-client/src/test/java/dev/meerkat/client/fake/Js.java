package dev.meerkat.client.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Short words for JSON trees. */
final class Js {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private Js() {}

    /** An object of names and values by turns; a null value leaves the name out. */
    static ObjectNode obj(@Nullable Object... pairs) {
        ObjectNode object = MAPPER.createObjectNode();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) {
                object.set((String) pairs[i], node(pairs[i + 1]));
            }
        }
        return object;
    }

    static ArrayNode arr(Collection<?> values) {
        ArrayNode array = MAPPER.createArrayNode();
        values.forEach(value -> array.add(node(value)));
        return array;
    }

    static JsonNode node(@Nullable Object value) {
        return value instanceof JsonNode node ? node.deepCopy() : MAPPER.valueToTree(value);
    }

    /** A content block. */
    static ObjectNode text(String text) {
        return obj("type", "text", "text", text);
    }

    static String write(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(JsonNode tree) {
        return write(tree).getBytes(StandardCharsets.UTF_8);
    }

    /** As the real servers print JSON for a model to read. */
    static String pretty(JsonNode tree) {
        StringBuilder out = new StringBuilder();
        pretty(tree, 0, out);
        return out.toString();
    }

    private static void pretty(JsonNode tree, int depth, StringBuilder out) {
        if (!tree.isContainerNode() || tree.isEmpty()) {
            out.append(write(tree));
            return;
        }
        out.append(tree.isObject() ? '{' : '[');
        String separator = "\n";
        for (var field : tree.properties()) {
            out.append(separator).append("  ".repeat(depth + 1));
            out.append(write(MAPPER.valueToTree(field.getKey()))).append(": ");
            pretty(field.getValue(), depth + 1, out);
            separator = ",\n";
        }
        if (tree.isArray()) {
            for (JsonNode item : tree) {
                out.append(separator).append("  ".repeat(depth + 1));
                pretty(item, depth + 1, out);
                separator = ",\n";
            }
        }
        out.append('\n').append("  ".repeat(depth)).append(tree.isObject() ? '}' : ']');
    }
}
