package dev.meerkat.cli;

import dev.meerkat.api.HasJson;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;

/**
 * The JSON documents that scripts read, beside those that values have themselves. They are texts, since they may be
 * larger than a {@link Json}, such as an event around the largest message.
 */
final class Documents {
    private Documents() {}

    /** JSON as it is. */
    record Raw(String text) {
        static Raw of(HasJson value) {
            return new Raw(value.toJson().text());
        }

        static Raw list(List<Raw> elements) {
            StringJoiner list = new StringJoiner(",", "[", "]");
            elements.forEach(element -> list.add(element.text));
            return new Raw(list.toString());
        }
    }

    /** An object of names and values, in order; an empty {@code Optional} is left out. */
    static String object(Object... namesAndValues) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value instanceof Optional<?> optional) {
                if (optional.isEmpty()) {
                    continue;
                }
                value = optional.get();
            }
            String text = value instanceof Raw raw ? raw.text : Json.of(value).text();
            object.add(Json.of(namesAndValues[i]) + ":" + text);
        }
        return object.toString();
    }

    /** How many inputs wait in both lanes; empty if the server does not tell. */
    static OptionalLong waiting(SessionSnapshot session) {
        return session.waitingComms().isPresent() && session.waitingExternal().isPresent()
                ? OptionalLong.of(session.waitingComms().getAsLong()
                        + session.waitingExternal().getAsLong())
                : OptionalLong.empty();
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
