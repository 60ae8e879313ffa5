package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.internal.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a configuration. What it does not know, or what has another type, is refused by its path. Values are not
 * shown where a secret could stand by mistake.
 */
final class ConfigObject {
    private final String path;
    private final Map<String, Object> fields;

    private ConfigObject(String path, Map<String, Object> fields) {
        this.path = path;
        this.fields = fields;
    }

    /** An object whose fields may have any name. */
    static ConfigObject of(@Nullable Object value, String path) {
        if (!(value instanceof Map<?, ?> map)) {
            throw refused(path, "must be an object");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> {
            if (field == null) {
                throw refused(under(path, String.valueOf(name)), "must not be null");
            }
            fields.put(String.valueOf(name), field);
        });
        return new ConfigObject(path, fields);
    }

    /** An object of which all fields are known. */
    static ConfigObject of(@Nullable Object value, String path, Set<String> known) {
        ConfigObject object = of(value, path);
        for (String name : object.fields.keySet()) {
            if (!known.contains(name)) {
                String hint = Spelling.meant(name, known)
                        .map(meant -> "; did you mean " + meant + "?")
                        .orElse("; known are "
                                + String.join(", ", known.stream().sorted().toList()));
                throw new InvalidFieldException(under(path, name), name, "is not a known field" + hint);
            }
        }
        return object;
    }

    private static String under(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    String path(String name) {
        return under(path, name);
    }

    Set<String> names() {
        return fields.keySet();
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    Optional<Object> value(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    Object needed(String name) {
        return value(name).orElseThrow(() -> refused(path(name), "must be given"));
    }

    Optional<String> text(String name) {
        return value(name).map(value -> text(value, path(name)));
    }

    String neededText(String name) {
        return text(needed(name), path(name));
    }

    static String text(Object value, String path) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw refused(path, "must be a text that is not blank");
    }

    Optional<Boolean> flag(String name) {
        return value(name).map(value -> {
            if (value instanceof Boolean flag) {
                return flag;
            }
            throw refused(path(name), "must be true or false");
        });
    }

    Optional<Integer> number(String name) {
        return value(name).map(value -> {
            if (value instanceof Integer number) {
                return number;
            }
            throw refused(path(name), "must be a whole number");
        });
    }

    List<Object> list(String name) {
        return value(name).map(value -> list(value, path(name))).orElse(List.of());
    }

    static List<Object> list(Object value, String path) {
        if (!(value instanceof List<?> list)) {
            throw refused(path, "must be a list");
        }
        return new ArrayList<>(list);
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object value : list(name)) {
            texts.add(text(value, path(name) + "[" + texts.size() + "]"));
        }
        return texts;
    }

    /** All fields, which must be texts. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        fields.forEach((name, value) -> texts.put(name, text(value, path(name))));
        return texts;
    }

    static InvalidFieldException refused(String path, String problem) {
        return new InvalidFieldException(path, "(value)", problem);
    }

    /** One of several names. */
    static InvalidFieldException unknown(String path, String given, List<String> known) {
        String hint = Spelling.meant(given, known)
                .map(meant -> "did you mean " + meant + "?")
                .orElse("known are " + String.join(", ", known));
        return new InvalidFieldException(path, given, "is not known; " + hint);
    }

    /** Reads a JSON object, with whatever it has. */
    static Object read(Json json) {
        return json.as(Object.class);
    }
}
