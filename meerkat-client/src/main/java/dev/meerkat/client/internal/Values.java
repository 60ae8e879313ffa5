package dev.meerkat.client.internal;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import org.jspecify.annotations.Nullable;

/** Checks of arguments that no type of the API makes. */
final class Values {
    private Values() {}

    static void present(@Nullable Object value, String field) {
        if (value == null) {
            throw new InvalidFieldException(field, "null", "must be given");
        }
    }

    static void text(@Nullable String text, String field) {
        present(text, field);
        if (text != null && text.isBlank()) {
            throw new InvalidFieldException(field, text, "must not be blank");
        }
        if (text != null && text.length() > Limits.MESSAGE_BYTES) {
            throw new InvalidFieldException(
                    field, text.length() + " characters", "is over the limit of " + Limits.MESSAGE_BYTES + " bytes");
        }
    }

    static void range(long value, String field, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidFieldException(field, Long.toString(value), "must be between " + least + " and " + most);
        }
    }
}
