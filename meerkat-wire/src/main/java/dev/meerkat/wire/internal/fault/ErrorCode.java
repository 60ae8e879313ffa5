package dev.meerkat.wire.internal.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The codes of errors on the wire: the number of JSON-RPC, the name of REST, and the HTTP status. Those of the contract
 * come first; each has a number of its own. The others are names of REST for errors that share a number.
 */
public enum ErrorCode {
    PARSE_ERROR(-32700, 400),
    INVALID_REQUEST(-32600, 400),
    METHOD_NOT_FOUND(-32601, 404, "NOT_FOUND"),
    INVALID_PARAMS(-32602, 400),
    INTERNAL_ERROR(-32603, 500),
    SESSION_NOT_FOUND(-32001, 404, "NOT_FOUND"),
    SESSION_BUSY(-32002, 409),
    SESSION_NOT_RUNNING(-32003, 409),
    DUPLICATE_INPUT(-32004, 409),
    REQUEST_CANCELLED(-32005, 499),
    PROVIDER_ERROR(-32010, 502),
    BUDGET_EXHAUSTED(-32011, 429),
    HOOK_DENIED(-32012, 403),
    AGENT_ERROR(-32013, 500),
    CAPABILITY_UNAVAILABLE(-32020, 501),
    SKILL_NOT_FOUND(-32021, 422),
    SKILL_RESOLUTION_FAILED(-32022, 422),
    SCHEDULE_NOT_FOUND(-32023, 422),
    SUPERVISOR_ROTATION_INCOMPLETE(-32024, 409),
    SCOPE_DENIED(-32025, 403),
    HOST_UNAVAILABLE(-32026, 503),
    STALE_CURSOR(-32027, 410),
    STALE_FENCE(-32028, 409),
    MEMBER_RELOAD_REQUIRED(-32029, 409),
    INPUT_REFUSED(-32030, 403),
    INPUT_NOT_READY(-32031, 503),
    SESSION_RUNTIME_UNAVAILABLE(-32032, 503),
    APPROVAL_STORE_UNAVAILABLE(-32033, 503),
    APPROVAL_CONFLICT(-32034, 409),
    APPROVAL_COMMIT_UNKNOWN(-32035, 500),
    STALE_DELIVERY_SCOPE(-32036, 409),
    FORK_INSTRUCTION_REFUSED(-32037, 422),

    /** A value that is refused for what it says. */
    BAD_REQUEST(-32602, 400),
    /** Params or a body that do not have the shape that they must have. */
    BAD_SHAPE(-32602, 422, "BAD_REQUEST"),
    /** What is asked for and is no session. */
    NOT_FOUND(-32602, 404),
    CONFLICT(-32602, 409),
    INPUT_IDEMPOTENCY_CONFLICT(-32602, 409),
    DUPLICATE_REQUEST_ID(-32602, 409),
    UNAUTHORIZED(-32602, 401),
    FORBIDDEN(-32602, 403),
    METHOD_NOT_ALLOWED(-32602, 405),
    REQUEST_TIMEOUT(-32602, 408),
    PAYLOAD_TOO_LARGE(-32602, 413),
    URI_TOO_LONG(-32602, 414),
    UNSUPPORTED_MEDIA_TYPE(-32602, 415),
    /** A runtime that keeps no log of events. */
    LOG_UNAVAILABLE(-32600, 400, "BAD_REQUEST"),
    SERVICE_UNAVAILABLE(-32603, 503),
    TURN_ABANDONED(-32603, 500),
    SESSION_CREATED_WITH_TURN_FAILURE(-32603, 500),

    /** Of a send; these names are in lower case on the wire. */
    SEND_FAILED(-32603, 500, "send_failed"),
    SEND_AMBIGUOUS(-32603, 500, "send_ambiguous"),
    PEER_NOT_FOUND_OR_NOT_TRUSTED(-32603, 500, "peer_not_found_or_not_trusted"),
    PEER_ADMISSION_DROPPED(-32603, 429, "peer_admission_dropped");

    private static final Map<Integer, ErrorCode> NUMBERED = Arrays.stream(values())
            .filter(code -> code.compareTo(FORK_INSTRUCTION_REFUSED) <= 0)
            .collect(Collectors.toUnmodifiableMap(ErrorCode::rpc, Function.identity()));

    private static final Set<String> NAMES =
            NUMBERED.values().stream().map(ErrorCode::text).collect(Collectors.toUnmodifiableSet());

    private final int rpc;
    private final int status;
    private final String rest;

    ErrorCode(int rpc, int status) {
        this.rpc = rpc;
        this.status = status;
        this.rest = name();
    }

    ErrorCode(int rpc, int status, String rest) {
        this.rpc = rpc;
        this.status = status;
        this.rest = rest;
    }

    /** The code of the contract that has a number. */
    public static Optional<ErrorCode> numbered(int rpc) {
        return Optional.ofNullable(NUMBERED.get(rpc));
    }

    /** Whether it is the name, in lower case, of a code that has a number of its own. */
    public static boolean isNumberedName(String text) {
        return NAMES.contains(text);
    }

    /** The number of JSON-RPC. */
    public int rpc() {
        return rpc;
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    /** The name that REST has for it, such as {@code NOT_FOUND}. */
    public String rest() {
        return rest;
    }

    /** The name in lower case, as the API has codes. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
