package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/** The store cannot be opened or takes no more work; nothing of this call was stored. */
public final class StoreException extends NotDoneException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "store_unavailable";

    /**
     * A refusal by the store.
     *
     * @param message what is wrong, naming the file or address
     * @param cause what it came from, or null
     */
    public StoreException(String message, @Nullable Throwable cause) {
        super(CODE, message, cause);
    }
}
