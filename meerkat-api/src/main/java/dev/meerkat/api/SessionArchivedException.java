package dev.meerkat.api;

/** The session is archived: its history still reads, everything else is refused; {@code session_closed} on the wire. */
public final class SessionArchivedException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "session_closed";

    /** The session. */
    private final SessionId session;

    /**
     * An archived session.
     *
     * @param session its id
     */
    public SessionArchivedException(SessionId session) {
        super(CODE, "session is archived: " + session);
        this.session = session;
    }

    /** {@return the id of the archived session} */
    public SessionId session() {
        return session;
    }
}
