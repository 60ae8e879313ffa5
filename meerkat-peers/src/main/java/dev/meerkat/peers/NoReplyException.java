package dev.meerkat.peers;

import dev.meerkat.api.RequestId;
import dev.meerkat.api.UnknownOutcomeException;
import java.util.UUID;

/**
 * No answer came while a call waited. The request stays open, and may be answered later: {@link TypedPeer#reply} gives a
 * handle on it.
 */
public final class NoReplyException extends UnknownOutcomeException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "no_reply";

    /** The id of the request. */
    private final UUID requestId;

    NoReplyException(RequestId requestId, String why) {
        super(CODE, "request " + requestId + " is sent and not answered: " + why, null);
        this.requestId = requestId.value();
    }

    /**
     * The request that is not answered.
     *
     * @return its id
     */
    public RequestId requestId() {
        return new RequestId(requestId);
    }
}
