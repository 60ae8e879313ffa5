package dev.meerkat.api;

/**
 * The request has its terminal response already, or its time to live has passed; what the requester got first stands.
 */
public final class AlreadyAnsweredException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "already_answered";

    /** The request. */
    private final RequestId requestId;

    /**
     * A second terminal response.
     *
     * @param request the request
     */
    public AlreadyAnsweredException(RequestId request) {
        super(CODE, "in_reply_to has its terminal response already: " + request);
        this.requestId = request;
    }

    /** {@return the id of the request that has its response} */
    public RequestId requestId() {
        return requestId;
    }
}
