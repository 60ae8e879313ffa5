package dev.meerkat.core;

import dev.meerkat.api.NotDoneException;
import org.jspecify.annotations.Nullable;

/** A file is not a whole exported session, or was changed since. */
public final class SessionFileException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "session_file_invalid";

    /** The line. */
    private final long line;

    /**
     * A file that is not taken.
     *
     * @param line the first line that is not as it should be, from 1
     * @param problem what is wrong with it
     * @param cause what it came from, or null
     */
    public SessionFileException(long line, String problem, @Nullable Throwable cause) {
        super(CODE, "the file of a session is not taken: line " + line + " " + problem, cause);
        this.line = line;
    }

    /**
     * Where the file is not as it should be.
     *
     * @return the line, from 1; one more than there are if the file ends too early
     */
    public long line() {
        return line;
    }
}
