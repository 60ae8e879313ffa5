package dev.meerkat.api;

import org.jspecify.annotations.Nullable;

/**
 * The store is no longer this runtime's: another process has opened it, or its file was deleted, moved or replaced.
 * Nothing of this call was stored, and no later call will be: close the runtime and the store, and open them again.
 */
public final class StoreLostException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** The stable code of this case. */
    public static final String CODE = "store_lost";

    /**
     * A store that was lost.
     *
     * @param message what happened, naming the file
     * @param cause what it came from, or null
     */
    public StoreLostException(String message, @Nullable Throwable cause) {
        super(CODE, message, cause);
    }
}
