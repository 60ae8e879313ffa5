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

    /** {@return the id of the session that was asked} */
    public SessionId session() {
        return session;
    }

    /** {@return the id of the input as given} */
    public InputId inputId() {
        return inputId;
    }
}
