package dev.meerkat.client;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import org.jspecify.annotations.Nullable;

/** The server says that it failed, in a way that has no type of its own. */
public final class ServerErrorException extends FailedException {
    private static final long serialVersionUID = 1L;

    /** What the server sent with it. */
    private final transient @Nullable Json data;

    /**
     * A failure at the server.
     *
     * @param code the server's own code, or the number of its error
     * @param message the server's message
     * @param data what the server sent with it, {@link Json#NULL} for nothing
     */
    public ServerErrorException(String code, String message, Json data) {
        super(code, message, null);
        this.data = data;
    }

    /** {@return what the server sent with it, {@link Json#NULL} for nothing or after serialization} */
    public Json data() {
        return data == null ? Json.NULL : data;
    }
}
