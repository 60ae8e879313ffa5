package dev.meerkat.server.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An error answer, in the terms of every surface. Has no stack trace: most of them are the caller's doing. */
public final class WireFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String name;
    private final int status;
    private final transient @Nullable ObjectNode data;
    private final transient @Nullable String runId;

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
        this(code, name, status, message, data, null);
    }

    private WireFault(
            int code, String name, int status, String message, @Nullable ObjectNode data, @Nullable String runId) {
        super(message, null, false, false);
        this.runId = runId;
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

    /** The same error, as the answer that tells the end of a run. */
    public WireFault ofRun(String run) {
        return new WireFault(code, name, status, message(), data, run);
    }

    /** The run whose end it tells; events up to that end are to be told before it. */
    public Optional<String> runId() {
        return Optional.ofNullable(runId);
    }

    /** The details, or null. */
    public @Nullable ObjectNode data() {
        return data;
    }
}
