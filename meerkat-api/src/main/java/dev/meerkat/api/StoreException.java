package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be opened or takes no work now; nothing of this call was stored. The same call may succeed later,
 * unless it is a {@link StoreLostException}.
 */
public sealed class StoreException extends NotDoneException permits StoreInUseException, StoreLostException {
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
        this(CODE, message, cause);
    }

    /**
     * For the subclass.
     *
     * @param code the stable code
     * @param message what is wrong
     * @param cause what it came from, or null
     */
    StoreException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
