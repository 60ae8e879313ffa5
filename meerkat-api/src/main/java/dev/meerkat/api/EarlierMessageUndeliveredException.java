package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/**
 * A message that a turn of the session has sent to the same peer is not delivered yet, so this one was not sent,
 * because it would pass it. It may be sent again later.
 */
public final class EarlierMessageUndeliveredException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "earlier_message_undelivered";

    /** The sender. */
    private final SessionId session;

    /** The receiver. */
    private final SessionId receiver;

    /**
     * A message that would pass an earlier one.
     *
     * @param session the session that sends
     * @param receiver the session that it sends to
     * @param cause why the earlier message is not delivered, or null
     */
    public EarlierMessageUndeliveredException(SessionId session, SessionId receiver, @Nullable Throwable cause) {
        super(
                CODE,
                "session " + session + " has sent session " + receiver
                        + " a message before, which is not delivered yet, so this one was not sent; try it again later",
                cause);
        this.session = session;
        this.receiver = receiver;
    }

    /** {@return the id of the session that sends} */
    public SessionId session() {
        return session;
    }

    /** {@return the id of the session that it sends to} */
    public SessionId receiver() {
        return receiver;
    }
}
