package dev.meerkat.core;

import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;

/** A store has a session of this id already, archived or not, or is still deleting it. */
public final class SessionExistsException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "session_exists";

    /** The id. */
    private final SessionId id;

    /**
     * An id that is taken.
     *
     * @param id the id
     * @param store how the store is known in messages
     */
    public SessionExistsException(SessionId id, String store) {
        super(CODE, "there is a session " + id + " already in " + store);
        this.id = id;
    }

    /**
     * The id that is taken.
     *
     * @return the id
     */
    public SessionId id() {
        return id;
    }
}
