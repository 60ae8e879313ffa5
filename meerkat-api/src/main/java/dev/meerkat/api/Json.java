package dev.meerkat.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON value: its text without insignificant white space, and typed reading through
 * the installed {@link JsonCodec}.
 *
 * <p>Numbers keep their digits and objects the order of their fields. Two values are equal if their
 * texts are. Thread-safe.
 */
public final class Json {
    /** The JSON value {@code null}. */
    public static final Json NULL = new Json("null");

    /** An object without fields. */
    public static final Json EMPTY_OBJECT = new Json("{}");

    private final String text;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Reads a JSON text.
     *
     * @param text one JSON value
     * @return the value
     * @throws InvalidFieldException if the text is no single JSON value, nests deeper than {@link
     *     Limits#JSON_DEPTH}, is over {@link Limits#MESSAGE_BYTES}, or has an unpaired surrogate
     */
    public static Json parse(String text) {
        Check.wellFormed(text, "json", Limits.MESSAGE_BYTES);
        return new Json(JsonCodec.installed().normalize(text));
    }

    /**
     * Writes a Java value as JSON.
     *
     * @param value anything that the installed codec can write: maps, lists, strings, numbers,
     *     booleans, null, records
     * @return the value
     * @throws InvalidFieldException if the codec cannot write it, or as {@link #parse} does
     */
    public static Json of(@Nullable Object value) {
        return value instanceof Json json ? json : parse(JsonCodec.installed().write(value));
    }

    /**
     * The JSON text.
     *
     * @return the text, without insignificant white space
     */
    public String text() {
        return text;
    }

    /**
     * Size of the text in UTF-8.
     *
     * @return bytes
     */
    public int sizeBytes() {
        return Check.utf8Bytes(text, "json");
    }

    /**
     * Reads this value as a Java type.
     *
     * @param <T> the type
     * @param type a record, {@code Map}, {@code List}, {@code String}, a number class and the like
     * @return the value
     * @throws InvalidFieldException if this value does not have that shape
     */
    public <T> T as(Class<T> type) {
        return JsonCodec.installed().read(text, Check.notNull(type, "type"));
    }

    /**
     * Looks up a part of this value.
     *
     * @param pointer a JSON pointer (RFC 6901) such as {@code /workflow_run/conclusion}
     * @return the part, or empty if there is none
     * @throws InvalidFieldException if {@code pointer} is malformed
     */
    public Optional<Json> at(String pointer) {
        return JsonCodec.installed().at(text, Check.notNull(pointer, "pointer")).map(Json::new);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Json json && json.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The JSON text, so that a value can be printed; it may hold what should not be logged. */
    @Override
    public String toString() {
        return text;
    }
}
