package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/**
 * Writes and reads Java types as JSON, for {@link Json#of} and {@link Json#as}; found as a service, so that an
 * application chooses the library that knows its types.
 *
 * <p>At most one may be on the class path or module path. Without one, the {@link JsonCodec} does it itself: that of {@code
 * meerkat-wire} with Jackson 2, and {@code meerkat-json-jackson3} has a binder for Jackson 3. A binder sees values only that
 * programs give to {@code Json}, and maps, lists, strings, numbers, booleans and null that the library builds; it must keep
 * the digits of numbers. The JSON of the wire and of the store does not depend on it. Implementations are thread-safe.
 */
public interface JsonBinder {
    /**
     * Writes a Java value.
     *
     * @param value a value, may be null
     * @return JSON text, which is checked as {@link Json#parse} does
     * @throws InvalidFieldException if it cannot be written
     */
    String write(@Nullable Object value);

    /**
     * Reads a Java value.
     *
     * @param <T> the type
     * @param text normalized JSON text
     * @param type the type
     * @return the value
     * @throws InvalidFieldException if the text does not have that shape
     */
    <T> T read(String text, Class<T> type);
}
