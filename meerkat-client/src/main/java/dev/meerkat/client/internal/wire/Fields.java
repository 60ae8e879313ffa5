package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.UnknownOutcomeException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tolerant reading of fields: what is needed is checked, and what is not needed is empty if it is odd. */
final class Fields {
    private static final String INVALID_ANSWER = "invalid_answer";

    private Fields() {}

    /** An answer that does not say what it must, to a call that may have been carried out. */
    static UnknownOutcomeException invalid(String field, String problem) {
        return invalid(field, problem, null);
    }

    private static UnknownOutcomeException invalid(String field, String problem, @Nullable Throwable cause) {
        return new UnknownOutcomeException(
                INVALID_ANSWER, "the server's answer cannot be read: " + field + " " + problem, cause);
    }

    /** Reads an answer into values of the API. What these refuse is the answer's fault, and no refusal of the call. */
    static <T> T reading(Supplier<T> reader) {
        try {
            return reader.get();
        } catch (InvalidFieldException e) {
            throw invalid(e.field(), "is refused (" + e.getMessage() + ")", e);
        }
    }

    static JsonNode object(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        if (!value.isObject()) {
            throw invalid(field, "must be an object");
        }
        return value;
    }

    static JsonNode array(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        if (!value.isArray()) {
            throw invalid(field, "must be an array");
        }
        return value;
    }

    static String text(JsonNode parent, String field) {
        return optionalText(parent, field).orElseThrow(() -> invalid(field, "must be a text"));
    }

    static Optional<String> optionalText(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    }

    static String textOr(JsonNode parent, String field, String otherwise) {
        return optionalText(parent, field).orElse(otherwise);
    }

    static long count(JsonNode parent, String field) {
        return optionalCount(parent, field).orElseThrow(() -> invalid(field, "must be a whole number, not negative"));
    }

    static Optional<Long> optionalCount(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        boolean fits = value.isIntegralNumber() && value.canConvertToLong();
        return fits && value.longValue() >= 0 ? Optional.of(value.longValue()) : Optional.empty();
    }

    /** An id that is needed. */
    static <T> T id(JsonNode parent, String field, Function<String, T> reader) {
        String text = text(parent, field);
        try {
            return reader.apply(text);
        } catch (InvalidFieldException e) {
            throw invalid(field, "must be an id", e);
        }
    }

    static <T> T idOr(JsonNode parent, String field, Function<String, T> reader, T otherwise) {
        return optionalId(parent, field, reader).orElse(otherwise);
    }

    /** An id, or empty if there is none that can be read. */
    static <T> Optional<T> optionalId(JsonNode parent, String field, Function<String, T> reader) {
        try {
            return optionalText(parent, field).map(reader);
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }

    /** A time as seconds since 1970 or as text; servers write both. */
    static Optional<Instant> optionalTime(JsonNode parent, String field) {
        try {
            JsonNode value = parent.path(field);
            if (value.isTextual()) {
                return Optional.of(OffsetDateTime.parse(value.textValue()).toInstant());
            }
            return optionalCount(parent, field).map(Instant::ofEpochSecond);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static Instant time(JsonNode parent, String field) {
        return optionalTime(parent, field).orElseThrow(() -> invalid(field, "must be a time"));
    }
}
