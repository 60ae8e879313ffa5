package dev.meerkat.api;

/** There is no session of that id or name; {@code SESSION_NOT_FOUND} on the wire. */
public final class SessionNotFoundException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "session_not_found";

    /** What was asked for. */
    private final String asked;

    /**
     * An unknown session.
     *
     * @param asked the id or name that was asked for
     */
    public SessionNotFoundException(String asked) {
        super(CODE, "session not found: " + asked);
        this.asked = asked;
    }

    /** {@return the id or name that was asked for} */
    public String asked() {
        return asked;
    }
}
