package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads parameters as strictly as the real servers, with their complaints. */
final class Shape {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Shape() {}

    static boolean isUuid(String text) {
        return UUID.matcher(text).matches();
    }

    static JsonNode present(JsonNode params, String field) {
        JsonNode value = params.get(field);
        if (value == null) {
            throw FakeError.missing(field, params);
        }
        return value;
    }

    static String text(JsonNode params, String field) {
        return text(present(params, field), params);
    }

    private static String text(JsonNode value, JsonNode params) {
        if (!value.isTextual()) {
            throw FakeError.shape("invalid type: " + describe(value) + ", expected a string" + FakeError.at(params));
        }
        return value.textValue();
    }

    static @Nullable String optionalText(JsonNode params, String field) {
        JsonNode value = params.path(field);
        return value.isMissingNode() || value.isNull() ? null : text(value, params);
    }

    static boolean flag(JsonNode params, String field, boolean otherwise, boolean nullable) {
        JsonNode value = params.path(field);
        if (value.isMissingNode() || nullable && value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw FakeError.shape("invalid type: " + describe(value) + ", expected a boolean" + FakeError.at(params));
        }
        return value.booleanValue();
    }

    static long number(JsonNode params, String field, long otherwise) {
        JsonNode value = params.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.canConvertToLong() || value.longValue() < 0) {
            throw FakeError.shape("invalid value: " + describe(value) + ", expected usize" + FakeError.at(params));
        }
        return value.longValue();
    }

    /** A prompt or a body: text, or content blocks. */
    static JsonNode content(JsonNode params, String field) {
        JsonNode value = present(params, field);
        if (!value.isTextual() && !value.isArray()) {
            throw FakeError.shape(
                    "data did not match any variant of untagged enum ContentInput" + FakeError.at(params));
        }
        return value;
    }

    /** One of few words. */
    static String word(JsonNode params, String field, String otherwise, List<String> words) {
        String value = optionalText(params, field);
        if (value == null) {
            return otherwise;
        }
        if (!words.contains(value)) {
            throw FakeError.shape("unknown variant `" + value + "`, expected " + choice(words));
        }
        return value;
    }

    static String choice(List<String> words) {
        List<String> quoted = words.stream().map(word -> "`" + word + "`").toList();
        return switch (quoted.size()) {
            case 1 -> quoted.get(0);
            case 2 -> quoted.get(0) + " or " + quoted.get(1);
            default -> "one of " + String.join(", ", quoted);
        };
    }

    static String uuid(JsonNode params, String field) {
        String text = text(params, field);
        if (isUuid(text)) {
            return text.toLowerCase(java.util.Locale.ROOT);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '-' && Character.digit(c, 16) < 0) {
                throw FakeError.shape("UUID parsing failed: invalid character: found `" + c + "` at " + i);
            }
        }
        throw FakeError.shape(
                "UUID parsing failed: invalid length: expected length 32 for simple format, found " + text.length());
    }

    /** Refuses keys that are not among the known ones. */
    static void only(JsonNode params, Set<String> known) {
        for (var field : params.properties()) {
            if (!known.contains(field.getKey())) {
                throw FakeError.shape("unknown field `" + field.getKey() + "`, expected one of "
                        + known.stream().sorted().map(word -> "`" + word + "`").collect(Collectors.joining(", ")));
            }
        }
    }

    private static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> "null";
            case BOOLEAN -> "boolean `" + value + "`";
            case NUMBER -> "integer `" + value + "`";
            case STRING -> "string " + value;
            case ARRAY -> "sequence";
            default -> "map";
        };
    }
}
