package dev.meerkat.api;

/** The runtime holds as many sessions in memory as it may: nothing was done, and it may be tried again later. */
public final class TooManySessionsException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "too_many_sessions";

    /** What was refused. */
    private final String refused;

    /** The bound. */
    private final int bound;

    /**
     * A runtime that is full.
     *
     * @param refused what was refused, such as "the session cannot be created"
     * @param bound how many sessions the runtime may hold
     */
    public TooManySessionsException(String refused, int bound) {
        super(
                CODE,
                refused + ": this runtime holds " + bound + " sessions in memory, the most that its limits allow;"
                        + " archive some, or raise RuntimeLimits.sessions");
        this.refused = refused;
        this.bound = bound;
    }

    /** {@return what was refused, such as "the session cannot be created"} */
    public String refused() {
        return refused;
    }

    /** {@return how many sessions the runtime may hold} */
    public int bound() {
        return bound;
    }
}
