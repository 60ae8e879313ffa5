package dev.meerkat.api;

/** This {@link Meerkat} was closed. Durable sessions stay in their store. */
public final class MeerkatClosedException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "runtime_closed";

    /**
     * A closed Meerkat.
     *
     * @param message what was refused
     */
    public MeerkatClosedException(String message) {
        super(CODE, message);
    }
}
