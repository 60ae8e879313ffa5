package dev.meerkat.api;

/** A session has as many schedules as it may: nothing was done. */
public final class TooManySchedulesException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "too_many_schedules";

    /** The session. */
    private final SessionId session;

    /** The bound. */
    private final int bound;

    /**
     * A session that is full.
     *
     * @param session the session
     * @param bound how many schedules it may have
     */
    public TooManySchedulesException(SessionId session, int bound) {
        super(
                CODE,
                "session " + session + " has " + bound + " schedules, the most that its runtime allows;"
                        + " cancel some (RuntimeLimits.withSchedules sets how many)");
        this.session = session;
        this.bound = bound;
    }

    /** {@return the id of the session} */
    public SessionId session() {
        return session;
    }

    /** {@return how many schedules it may have} */
    public int bound() {
        return bound;
    }
}
