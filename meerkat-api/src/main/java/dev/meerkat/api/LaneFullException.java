package dev.meerkat.api;

import java.time.Duration;

/** The lane is full: nothing was admitted, and it may be tried again; reason {@code inbox_full} on the wire. */
public final class LaneFullException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "inbox_full";

    /** The lane. */
    private final Lane lane;

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
        this.lane = lane;
        this.retryAfter = retryAfter;
    }

    /**
     * The full lane.
     *
     * @return the lane
     */
    public Lane lane() {
        return lane;
    }

    /**
     * When to try again.
     *
     * @return a hint, positive
     */
    public Duration retryAfter() {
        return retryAfter;
    }
}
