package dev.meerkat.api;

import dev.meerkat.api.internal.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A value that cannot be taken; {@code invalid_command} on the wire. Thread-safe.
 *
 * <p>The field is named as in Java, after the component or the parameter, in lower-case words that underscores join, as in
 * {@link HasJson#toJson}: {@code handling_mode} for {@code handlingMode}. An id is named after its type: {@code turn_id} for
 * a {@link TurnId}. A dot leads to a part: {@code peer_meta.labels}. A server that refuses a value names its own parameter.
 */
public final class InvalidFieldException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "invalid_command";

    private static final int SHOWN_CHARS = 64;

    /** The field's name. */
    private final String field;

    /** The value as shown. */
    private final String value;

    /** Why it is refused. */
    private final String problem;

    /**
     * A refused value.
     *
     * @param field the field's name
     * @param value the value; a long one is shortened
     * @param problem why it is refused, such as "must not be blank"
     */
    public InvalidFieldException(String field, String value, String problem) {
        this(field, value, problem, null);
    }

    /**
     * A refused value, with a cause.
     *
     * @param field the field's name
     * @param value the value; a long one is shortened
     * @param problem why it is refused
     * @param cause what it came from, or null
     */
    public InvalidFieldException(String field, String value, String problem, @Nullable Throwable cause) {
        super(CODE, field + " " + problem + ": " + shown(value), cause);
        this.field = field;
        this.value = shown(value);
        this.problem = problem;
    }

    /** {@return the name of the field that was refused} */
    public String field() {
        return field;
    }

    /** {@return the first 64 characters of the refused value as one line; those that do not print are escaped} */
    public String value() {
        return value;
    }

    /** {@return why it was refused, such as {@code must not be blank}} */
    public String problem() {
        return problem;
    }

    /** A refused value may be a whole payload or hold line breaks; an error message must stay one short line. */
    private static String shown(String value) {
        boolean whole = value.length() <= SHOWN_CHARS;
        String shown = '"' + Printable.line(whole ? value : value.substring(0, SHOWN_CHARS)) + '"';
        return whole ? shown : shown + "... (" + value.length() + " characters)";
    }
}
