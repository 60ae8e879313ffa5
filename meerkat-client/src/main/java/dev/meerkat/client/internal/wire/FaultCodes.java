package dev.meerkat.client.internal.wire;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The codes of errors: JSON-RPC numbers with their names and the HTTP status of the same error. */
final class FaultCodes {
    /** What the server has no better name for; the name of the status says more. */
    private static final Set<String> VAGUE = Set.of("", "bad_request", "not_found", "service_unavailable");

    private static final Map<Integer, Known> RPC = Map.ofEntries(
            Map.entry(-32700, new Known("parse_error", 400)),
            Map.entry(-32600, new Known("invalid_request", 400)),
            Map.entry(-32601, new Known("method_not_found", 501)),
            Map.entry(-32602, new Known("invalid_params", 400)),
            Map.entry(-32603, new Known("internal_error", 500)),
            Map.entry(-32001, new Known("session_not_found", 404)),
            Map.entry(-32002, new Known("session_busy", 409)),
            Map.entry(-32003, new Known("session_not_running", 409)),
            Map.entry(-32004, new Known("duplicate_input", 409)),
            Map.entry(-32005, new Known("request_cancelled", 499)),
            Map.entry(-32010, new Known("provider_error", 502)),
            Map.entry(-32011, new Known("budget_exhausted", 429)),
            Map.entry(-32012, new Known("hook_denied", 403)),
            Map.entry(-32013, new Known("agent_error", 500)),
            Map.entry(-32020, new Known("capability_unavailable", 501)),
            Map.entry(-32021, new Known("skill_not_found", 422)),
            Map.entry(-32022, new Known("skill_resolution_failed", 422)),
            Map.entry(-32023, new Known("schedule_not_found", 422)),
            Map.entry(-32024, new Known("supervisor_rotation_incomplete", 409)),
            Map.entry(-32025, new Known("scope_denied", 403)),
            Map.entry(-32026, new Known("host_unavailable", 503)),
            Map.entry(-32027, new Known("stale_cursor", 410)),
            Map.entry(-32028, new Known("stale_fence", 409)),
            Map.entry(-32029, new Known("member_reload_required", 409)),
            Map.entry(-32030, new Known("input_refused", 403)),
            Map.entry(-32031, new Known("input_not_ready", 503)),
            Map.entry(-32032, new Known("session_runtime_unavailable", 503)),
            Map.entry(-32033, new Known("approval_store_unavailable", 503)),
            Map.entry(-32034, new Known("approval_conflict", 409)),
            Map.entry(-32035, new Known("approval_commit_unknown", 500)),
            Map.entry(-32036, new Known("stale_delivery_scope", 409)),
            Map.entry(-32037, new Known("fork_instruction_refused", 422)));

    private record Known(String name, int status) {}

    private FaultCodes() {}

    /** The text code that the server gave, in lower case, or empty. */
    static String textCode(Fault fault) {
        String code = fault.code().isEmpty() ? Fields.textOr(fault.data(), "code", "") : fault.code();
        return code.strip().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status of the error, over JSON-RPC that of the same error; 0 if the number is not known. */
    static int status(Fault fault) {
        if (fault.httpStatus() != 0) {
            return fault.httpStatus();
        }
        Known known = RPC.get(fault.rpcCode());
        return known == null ? 0 : known.status();
    }

    /** The stable code: the server's text, else a name. */
    static String code(Fault fault) {
        String text = textCode(fault);
        if (!VAGUE.contains(text)) {
            return text;
        }
        Known known = RPC.get(fault.rpcCode());
        if (known != null) {
            return known.name();
        }
        return fault.httpStatus() == 0 ? "rpc_error_" + fault.rpcCode() : nameOf(fault.httpStatus());
    }

    private static String nameOf(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> "invalid_params";
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 409 -> "conflict";
            case 410 -> "gone";
            case 429 -> "too_many_requests";
            case 499 -> "request_cancelled";
            case 500 -> "internal_error";
            case 503 -> "service_unavailable";
            default -> "http_" + status;
        };
    }
}
