package dev.meerkat.api;

/** The session received, or sent, no such request. */
public final class RequestNotFoundException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "unknown_request";

    /**
     * An unknown request.
     *
     * @param request the id as given
     * @param problem what is wrong with it
     */
    public RequestNotFoundException(RequestId request, String problem) {
        super(CODE, "in_reply_to " + problem + ": " + request);
    }
}
