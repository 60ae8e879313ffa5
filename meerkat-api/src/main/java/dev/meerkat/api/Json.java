package dev.meerkat.api;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON value: its text without insignificant white space, and typed reading through
 * the installed {@link JsonCodec}.
 *
 * <p>The text keeps the spelling of numbers and the order of the fields of objects. Two values are
 * equal if they have the same content: the order of fields and the spelling of numbers and strings do
 * not matter, so {@code {"a":1,"b":1e-7}} equals {@code {"b":0.0000001,"a":1.0}}. Numbers are compared
 * by their exact decimal value. Thread-safe.
 */
public final class Json implements HasJson {
    /** The JSON value {@code null}. */
    public static final Json NULL = new Json("null");

    /** An object without fields. */
    public static final Json EMPTY_OBJECT = new Json("{}");

    private final String text;
    /** 0 until it is asked for; every thread that counts finds the same. */
    private int sizeBytes;

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
        return new Json(Installed.CODEC.normalize(text));
    }

    /**
     * Writes a Java value as JSON.
     *
     * @param value anything that the installed codec, or the {@link JsonBinder} that it uses, can write: maps, lists,
     *     strings, numbers, booleans, null, records
     * @return the value
     * @throws InvalidFieldException if the codec cannot write it, or as {@link #parse} does
     */
    public static Json of(@Nullable Object value) {
        return value instanceof Json json ? json : parse(Installed.CODEC.write(value));
    }

    /** The form of a value, which may be larger than what {@link #parse} takes. */
    static Json form(HasJson value) {
        return new Json(Installed.CODEC.form(value));
    }

    /** {@return the JSON text, without insignificant white space} */
    public String text() {
        return text;
    }

    /**
     * The {@link #text}. A getter, so that libraries that write beans lose no JSON: they write the text as a string.
     *
     * @return the text
     */
    public String getText() {
        return text;
    }

    @Override
    public Json toJson() {
        return this;
    }

    /**
     * The one text that all values with the same content share: fields in the order of their names,
     * numbers and strings in one spelling, as RFC 8785 has it, but with all digits of numbers. Make
     * keys and digests of it, not of {@link #text}.
     *
     * @return JSON text, the same on every platform and in every version
     */
    public String canonicalText() {
        return Installed.CODEC.canonical(text);
    }

    /** {@return the bytes of the text in UTF-8} */
    public int sizeBytes() {
        int known = sizeBytes;
        if (known == 0) {
            known = Check.utf8Bytes(text, "json");
            sizeBytes = known;
        }
        return known;
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
        return Installed.CODEC.read(text, Check.notNull(type, "type"));
    }

    /**
     * Looks up a part of this value.
     *
     * @param pointer a JSON pointer (RFC 6901) such as {@code /workflow_run/conclusion}
     * @return the part, or empty if there is none
     * @throws InvalidFieldException if {@code pointer} is malformed
     */
    public Optional<Json> at(String pointer) {
        return Installed.CODEC.at(text, Check.notNull(pointer, "pointer")).map(Json::new);
    }

    /**
     * Whether the other is JSON with the same content.
     *
     * @param other anything
     * @return whether both have the same {@link #canonicalText}
     */
    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Json json)) {
            return false;
        }
        return json.text.equals(text)
                || (json.kind() == kind() && json.canonicalText().equals(canonicalText()));
    }

    /** What kind of value it is, so that most values that differ are told apart at once. */
    private char kind() {
        char first = text.charAt(0);
        return first == '-' || Character.isDigit(first) ? '0' : first;
    }

    /** Made of the {@link #canonicalText}, so it takes the time to write that. */
    @Override
    public int hashCode() {
        return canonicalText().hashCode();
    }

    /** The JSON text, so that a value can be printed; it may hold what should not be logged. */
    @Override
    public String toString() {
        return text;
    }

    /** The one codec, found when it is first needed. */
    static JsonCodec codec() {
        return Installed.CODEC;
    }

    private static final class Installed {
        static final JsonCodec CODEC = find();

        private static JsonCodec find() {
            List<JsonCodec> found = ServiceLoader.load(JsonCodec.class, JsonCodec.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();
            if (found.size() != 1) {
                throw new IllegalStateException("exactly one " + JsonCodec.class.getName()
                        + " must be installed (meerkat-wire brings one), found " + found);
            }
            return found.get(0);
        }
    }
}
