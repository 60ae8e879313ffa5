package dev.meerkat.server.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** An error answer, in the terms of every surface. Has no stack trace: most of them are the caller's doing. */
public final class WireFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String name;
    private final int status;
    private final transient @Nullable ObjectNode data;

    /**
     * An error answer.
     *
     * @param code of JSON-RPC, such as -32001
     * @param name of REST, such as {@code NOT_FOUND}
     * @param status of HTTP
     * @param message for people
     * @param data the details of JSON-RPC, or null
     */
    public WireFault(int code, String name, int status, String message, @Nullable ObjectNode data) {
        super(message, null, false, false);
        this.code = code;
        this.name = name;
        this.status = status;
        this.data = data;
    }

    /** The code of JSON-RPC. */
    public int code() {
        return code;
    }

    /** The code of REST. */
    public String name() {
        return name;
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    /** The message, never null. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** The details, or null. */
    public @Nullable ObjectNode data() {
        return data;
    }
}
