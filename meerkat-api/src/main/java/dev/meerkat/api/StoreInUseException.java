package dev.meerkat.api;

/**
 * Another runtime has the store open, in this process or in another one: nothing was opened. The same call succeeds once
 * the other has closed it.
 */
public final class StoreInUseException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "store_in_use";

    /**
     * A store that is in use.
     *
     * @param message says so, naming the file or address
     */
    public StoreInUseException(String message) {
        super(CODE, message, null);
    }
}
