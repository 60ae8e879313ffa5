package dev.meerkat.api;

import java.time.Duration;

/** The lane is full: nothing was admitted, and it may be tried again; reason {@code inbox_full} on the wire. */
public final class LaneFullException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "inbox_full";

    /** The session. */
    private final SessionId session;

    /** The lane. */
    private final Lane lane;

    /** The bound that is reached. */
    private final String bound;

    /** When to try again. */
    private final Duration retryAfter;

    /**
     * A full lane.
     *
     * @param session the session whose lane is full
     * @param lane the lane
     * @param bound which bound is reached, such as "1024 inputs"
     * @param retryAfter when to try again, a hint
     */
    public LaneFullException(SessionId session, Lane lane, String bound, Duration retryAfter) {
        super(
                CODE,
                "lane " + lane + " of session " + session + " is full at " + bound + ", retry after "
                        + retryAfter.toMillis() + " ms");
        this.session = session;
        this.lane = lane;
        this.bound = bound;
        this.retryAfter = retryAfter;
    }

    /** {@return the full lane} */
    public Lane lane() {
        return lane;
    }

    /** {@return the id of the session whose lane is full} */
    public SessionId session() {
        return session;
    }

    /** {@return which bound is reached, such as "1024 inputs"} */
    public String bound() {
        return bound;
    }

    /** {@return a hint when to try again, positive} */
    public Duration retryAfter() {
        return retryAfter;
    }
}
