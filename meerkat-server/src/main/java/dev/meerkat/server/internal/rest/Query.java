package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.http.HttpErrors;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads what stands after the question mark. */
final class Query {
    private Query() {}

    /** A count, if it is there. */
    static OptionalLong number(String name, @Nullable String text) {
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw HttpErrors.wrongQuery(name + ": must be a whole number, at least 0");
    }
}
