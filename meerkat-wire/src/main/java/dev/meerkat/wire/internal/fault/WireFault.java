package dev.meerkat.wire.internal.fault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An error answer, in the terms of every surface. Has no stack trace: most of them are the caller's doing. */
public final class WireFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient @Nullable String problem;
    private final transient @Nullable ObjectNode data;
    private final transient @Nullable String runId;

    /**
     * An error answer.
     *
     * @param code the number of JSON-RPC, the name of REST and the status of HTTP
     * @param message for people
     * @param data the details, or null
     */
    public WireFault(ErrorCode code, String message, @Nullable ObjectNode data) {
        this(code, message, null, data, null);
    }

    private WireFault(
            ErrorCode code,
            String message,
            @Nullable String problem,
            @Nullable ObjectNode data,
            @Nullable String runId) {
        super(message, null, false, false);
        this.code = code;
        this.problem = problem;
        this.data = data;
        this.runId = runId;
    }

    /** A problem with the params, which surfaces have words of their own for: see {@link #message(String)}. */
    public static WireFault ofParams(ErrorCode code, String problem, @Nullable ObjectNode data) {
        return new WireFault(code, "Invalid params: " + problem, problem, data, null);
    }

    /** The number of JSON-RPC, the name of REST and the status of HTTP. */
    public ErrorCode code() {
        return code;
    }

    /** The message, never null. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** The message; of a problem with the params it begins with the surface's own words. */
    public String message(String wrongParams) {
        return problem == null ? message() : wrongParams + ": " + problem;
    }

    /** The same error, as the answer that tells the end of a run. */
    public WireFault ofRun(String run) {
        return new WireFault(code, message(), problem, data, run);
    }

    /** The same error with another code and other details. */
    public WireFault as(ErrorCode other, ObjectNode details) {
        return new WireFault(other, message(), problem, details, runId);
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
