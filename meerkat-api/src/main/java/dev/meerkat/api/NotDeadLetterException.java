package dev.meerkat.api;

/** The input is no dead letter of the session, so it can be neither redriven nor discarded. */
public final class NotDeadLetterException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "not_a_dead_letter";

    /** The session. */
    private final SessionId session;

    /** The input as given. */
    private final InputId inputId;

    /**
     * An input that is no dead letter.
     *
     * @param session the session
     * @param input the input as given
     */
    public NotDeadLetterException(SessionId session, InputId input) {
        super(CODE, "input_id " + input + " is no dead letter of session " + session);
        this.session = session;
        this.inputId = input;
    }

    /**
     * The session that was asked.
     *
     * @return its id
     */
    public SessionId session() {
        return session;
    }

    /**
     * The input as given.
     *
     * @return its id
     */
    public InputId inputId() {
        return inputId;
    }
}
