package dev.meerkat.wire.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters of a call, read strictly: a value of the wrong type is refused with a {@link WireFault} that names the
 * field and shows the value. A null stands for an absent optional value.
 */
public final class Params {
    private final ObjectNode node;
    private final String prefix;

    private Params(ObjectNode node, String prefix) {
        this.node = node;
        this.prefix = prefix;
    }

    /** The parameters of a call. */
    public static Params of(ObjectNode node) {
        return new Params(node, "");
    }

    /** The parameters as they came. */
    public ObjectNode tree() {
        return node;
    }

    /** Refuses fields that are not among the known ones. */
    public Params only(Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                String shown = shortened(prefix + name);
                throw badShape("unknown field `" + shown + "`", "unknown_field", shown);
            }
        });
        return this;
    }

    /** Whether a field is there and not null. */
    public boolean has(String field) {
        return node.hasNonNull(field);
    }

    /** A field as it came, null or missing included. */
    public JsonNode node(String field) {
        return node.path(field);
    }

    /** A text that must be there. */
    public String text(String field) {
        return optionalText(field).orElseThrow(() -> missing(field));
    }

    /** A text. */
    public Optional<String> optionalText(String field) {
        JsonNode value = node.path(field);
        if (absent(value)) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrong(field, value, "must be a string");
        }
        return Optional.of(value.textValue());
    }

    /** Yes or no. */
    public Optional<Boolean> optionalFlag(String field) {
        JsonNode value = node.path(field);
        if (absent(value)) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw wrong(field, value, "must be a boolean");
        }
        return Optional.of(value.booleanValue());
    }

    /** Yes or no, no if absent. */
    public boolean flag(String field) {
        return optionalFlag(field).orElse(false);
    }

    /** A whole number, not negative. */
    public Optional<Long> optionalCount(String field) {
        JsonNode value = node.path(field);
        if (absent(value)) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong(field, value, "must be a whole number, not negative");
        }
        return Optional.of(value.longValue());
    }

    /** An object within. */
    public Optional<Params> optionalObject(String field) {
        JsonNode value = node.path(field);
        if (absent(value)) {
            return Optional.empty();
        }
        if (!(value instanceof ObjectNode object)) {
            throw wrong(field, value, "must be an object");
        }
        return Optional.of(new Params(object, prefix + field + "."));
    }

    /** An object within that must be there. */
    public Params object(String field) {
        return optionalObject(field).orElseThrow(() -> missing(field));
    }

    /** Texts by name, empty if absent. */
    public Map<String, String> texts(String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        optionalObject(field)
                .ifPresent(within -> within.node.fieldNames().forEachRemaining(name -> {
                    texts.put(name, within.text(name));
                }));
        return texts;
    }

    /** A list of texts, empty if absent. */
    public List<String> textList(String field) {
        JsonNode value = node.path(field);
        if (absent(value)) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(field, value, "must be an array of strings");
        }
        List<String> texts = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw wrong(field + "[]", element, "must be a string");
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    /** Any JSON that must be there, but may be null. */
    public Json json(String field) {
        if (!node.has(field)) {
            throw missing(field);
        }
        return optionalJson(field);
    }

    /** Any JSON, null if absent. */
    public Json optionalJson(String field) {
        return WireJson.json(node.path(field));
    }

    /** One of some texts. */
    public Optional<String> oneOf(String field, Set<String> allowed) {
        Optional<String> text = optionalText(field);
        text.filter(value -> !allowed.contains(value)).ifPresent(value -> {
            throw wrong(field, node.path(field), "must be one of " + String.join(", ", new TreeSet<>(allowed)));
        });
        return text;
    }

    /** A value that must be there and is not. */
    public WireFault missing(String field) {
        return badShape("missing field `" + prefix + field + "`", "missing_field", prefix + field);
    }

    /** The refusal of a value. */
    public WireFault wrong(String field, JsonNode value, String problem) {
        InvalidFieldException shown = new InvalidFieldException(prefix + field, shown(value), problem);
        return WireFault.ofParams(ErrorCode.BAD_SHAPE, String.valueOf(shown.getMessage()), ErrorForm.data(shown));
    }

    private static WireFault badShape(String problem, String kind, String field) {
        ObjectNode data = ErrorForm.data(ErrorForm.NOT_DONE, kind).put("field", field);
        return WireFault.ofParams(ErrorCode.BAD_SHAPE, problem, data);
    }

    private static boolean absent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    /** What is nested may be a whole payload; its type says enough. */
    public static String shown(JsonNode value) {
        return value.isContainerNode() ? (value.isArray() ? "an array" : "an object") : value.asText();
    }

    /** A name, without more of it than is good to show. */
    public static String shortened(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64) + "...";
    }
}
