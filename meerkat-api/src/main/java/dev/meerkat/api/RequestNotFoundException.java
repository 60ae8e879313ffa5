package dev.meerkat.api;

/** The session received, or sent, no such request. */
public final class RequestNotFoundException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "unknown_request";

    /** The id as given. */
    private final RequestId requestId;

    /** What is wrong with it. */
    private final String problem;

    /**
     * An unknown request.
     *
     * @param request the id as given
     * @param problem what is wrong with it
     */
    public RequestNotFoundException(RequestId request, String problem) {
        super(CODE, "in_reply_to " + problem + ": " + request);
        this.requestId = request;
        this.problem = problem;
    }

    /** {@return the id of the request as given} */
    public RequestId requestId() {
        return requestId;
    }

    /** {@return what is wrong with it, such as "is no request of this session"} */
    public String problem() {
        return problem;
    }
}
