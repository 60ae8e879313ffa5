package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The canonical text of a JSON value: RFC 8785, except that numbers keep all their digits. Two values have the same
 * content exactly if their canonical texts are equal. Stored keys are made of it, so it never changes.
 */
final class CanonicalJson {
    private final StringBuilder out = new StringBuilder();

    private CanonicalJson() {}

    /** Reads the value at whose first token a parser stands, and leaves the parser at its last one. */
    static String read(JsonParser parser) throws IOException {
        CanonicalJson canonical = new CanonicalJson();
        canonical.write(value(parser));
        return canonical.out.toString();
    }

    /** An object as a sorted map, an array as a list, and all else as its canonical text. */
    private static Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                // Sorted by the UTF-16 code units of the names, as the RFC has it.
                Map<String, Object> fields = new TreeMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_STRING -> quoted(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> CanonicalNumber.of(parser.getText());
            default -> token.asString();
        };
    }

    private void write(@Nullable Object value) {
        if (value instanceof Map<?, ?> fields) {
            out.append('{');
            char before = 0;
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                separate(before);
                before = ',';
                out.append(quoted((String) field.getKey())).append(':');
                write(field.getValue());
            }
            out.append('}');
        } else if (value instanceof List<?> elements) {
            out.append('[');
            char before = 0;
            for (Object element : elements) {
                separate(before);
                before = ',';
                write(element);
            }
            out.append(']');
        } else {
            out.append(value);
        }
    }

    private void separate(char before) {
        if (before != 0) {
            out.append(before);
        }
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
