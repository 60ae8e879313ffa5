package dev.meerkat.api;

import java.util.List;

/**
 * A turn would wait for a reply that no agent can give: the peer's own turn waits, directly or through
 * others, for a reply of this session. Only the wait is refused. The request stays sent, and its reply can
 * still come, after this turn has ended or from a host.
 */
public final class RequestCycleException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "request_cycle";

    /** The request. */
    private final RequestId requestId;

    /** The comms names. */
    @SuppressWarnings("serial") // the list is immutable and serializable
    private final List<String> names;

    /**
     * A cycle of waits.
     *
     * @param request the request whose reply is not waited for
     * @param names the comms names of the sessions, each waiting for the next, and the last for the first; the
     *     first is the session whose wait is refused
     */
    public RequestCycleException(RequestId request, List<String> names) {
        super(
                CODE,
                "the reply to request " + request + " cannot come while this turn waits for it: "
                        + String.join(" waits for ", names) + " waits for " + names.get(0)
                        + "; the request stays sent");
        this.requestId = request;
        this.names = List.copyOf(names);
    }

    /**
     * {@return the comms names of the sessions that would wait, each for the next and the last for the first;
     * immutable}
     */
    public List<String> names() {
        return names;
    }

    /** {@return the id of the request whose reply is not waited for} */
    public RequestId requestId() {
        return requestId;
    }
}
