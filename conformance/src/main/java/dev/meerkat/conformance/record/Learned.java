package dev.meerkat.conformance.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What answers have told and later steps name as {@code ${name}}. */
final class Learned {
    private static final Pattern NAME = Pattern.compile("\\$\\{([^}]+)}");

    private final Map<String, JsonNode> values = new ConcurrentHashMap<>();

    void put(String name, JsonNode value) {
        values.put(name, value);
    }

    /** Takes over what a step wants of an answer, by JSON pointers. */
    void from(Step step, JsonNode answer) {
        step.json().path("learn").forEachEntry((name, pointer) -> {
            JsonNode value = answer.at(pointer.asText());
            if (value.isMissingNode()) {
                throw step.failed("the answer has no " + pointer + ": " + answer);
            }
            put(name, value);
        });
    }

    /** A value with its names replaced; a text that is nothing but a name becomes what was learned. */
    JsonNode fill(JsonNode value) {
        if (value.isObject()) {
            ObjectNode filled = Step.MAPPER.createObjectNode();
            value.forEachEntry((name, field) -> filled.set(name, fill(field)));
            return filled;
        } else if (value.isArray()) {
            ArrayNode filled = Step.MAPPER.createArrayNode();
            value.forEach(element -> filled.add(fill(element)));
            return filled;
        } else if (value.isTextual()) {
            Matcher whole = NAME.matcher(value.asText());
            return whole.matches() ? value(whole.group(1)) : TextNode.valueOf(fill(value.asText()));
        }
        return value;
    }

    /** A text with its names replaced. */
    String fill(String text) {
        return NAME.matcher(text)
                .replaceAll(
                        name -> Matcher.quoteReplacement(value(name.group(1)).asText()));
    }

    private JsonNode value(String name) {
        JsonNode value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("nothing was learned as " + name);
        }
        return value;
    }
}
