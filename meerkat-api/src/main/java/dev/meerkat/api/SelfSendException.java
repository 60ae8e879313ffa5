package dev.meerkat.api;

/** A session cannot be its own peer; use {@link CommsCommand.Input} for that. */
public final class SelfSendException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "self_send";

    /** What was asked for. */
    private final PeerRef asked;

    /**
     * A send to oneself.
     *
     * @param to the reference as given
     */
    public SelfSendException(PeerRef to) {
        super(CODE, "to is the sending session itself: " + to);
        this.asked = to;
    }

    /** {@return how the command addressed its own sender} */
    public PeerRef asked() {
        return asked;
    }
}
