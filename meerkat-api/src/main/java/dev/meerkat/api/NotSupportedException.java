package dev.meerkat.api;

/** This Meerkat or session cannot do that; {@link Meerkat#capabilities()} says what it can. */
public final class NotSupportedException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "capability_unavailable";

    /**
     * A missing capability.
     *
     * @param message what was refused and why
     */
    public NotSupportedException(String message) {
        super(CODE, message);
    }
}
