package dev.meerkat.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON for {@link Json}; found as a service, so that the API needs no JSON library.
 *
 * <p>{@code meerkat-wire}, which comes with the runtime and the client, has one on Jackson 2. Implementations are thread-safe and keep the
 * digits of numbers.
 */
public interface JsonCodec {

    /**
     * Checks a JSON text and takes out its insignificant white space.
     *
     * @param text the text
     * @return the same value, minified
     * @throws InvalidFieldException if it is not exactly one JSON value, repeats a field name in an
     *     object, or nests deeper than {@link Limits#JSON_DEPTH}
     */
    String normalize(String text);

    /**
     * Writes what all texts with the same content have in common, see {@link Json#canonicalText}.
     *
     * @param text normalized JSON text
     * @return the canonical text
     */
    String canonical(String text);

    /**
     * Writes a Java value, with the {@link JsonBinder} if there is one.
     *
     * @param value a value, may be null
     * @return JSON text
     * @throws InvalidFieldException if it cannot be written
     */
    String write(@Nullable Object value);

    /**
     * Reads a Java value, with the {@link JsonBinder} if there is one.
     *
     * @param <T> the type
     * @param text JSON text
     * @param type the type
     * @return the value
     * @throws InvalidFieldException if the text does not have that shape
     */
    <T> T read(String text, Class<T> type);

    /**
     * Writes a value of this API in its public form, see {@link HasJson#toJson}.
     *
     * @param value any but a {@link Json}
     * @return JSON text in well-formed Unicode, without insignificant white space
     */
    String form(HasJson value);

    /**
     * Looks up a part.
     *
     * @param text normalized JSON text
     * @param pointer a JSON pointer (RFC 6901)
     * @return the part's normalized text, or empty
     * @throws InvalidFieldException if the pointer is malformed
     */
    Optional<String> at(String text, String pointer);

    /**
     * The codec in use.
     *
     * @return the only codec on the class path or module path
     * @throws IllegalStateException if there is none or more than one
     */
    static JsonCodec installed() {
        return Json.codec();
    }
}
