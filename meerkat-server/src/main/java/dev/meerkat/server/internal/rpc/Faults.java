package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireFault;
import org.jspecify.annotations.Nullable;

/** The error answers that a connection gives by itself. */
final class Faults {
    private Faults() {}

    static WireFault unreadable(String why) {
        return fault(-32700, "PARSE_ERROR", 400, "Parse error: " + why, null);
    }

    static WireFault invalidRequest(String why, @Nullable String reason) {
        return fault(-32600, "INVALID_REQUEST", 400, why, reason);
    }

    static WireFault invalidParams(String why) {
        return fault(-32602, "INVALID_PARAMS", 400, why, null);
    }

    static WireFault alreadyAdmitted() {
        return fault(-32004, "DUPLICATE_INPUT", 409, "request already admitted", null);
    }

    static WireFault exhausted(String message, String reason) {
        return fault(-32011, "BUDGET_EXHAUSTED", 429, message, reason);
    }

    static WireFault denied() {
        return fault(-32025, "SCOPE_DENIED", 403, "initialize with the token first", null);
    }

    static WireFault closing() {
        return fault(-32032, "SESSION_RUNTIME_UNAVAILABLE", 503, "the server closes", null);
    }

    static WireFault internal() {
        return fault(-32603, "INTERNAL_ERROR", 500, "internal error", null);
    }

    private static WireFault fault(int code, String name, int status, String message, @Nullable String reason) {
        ObjectNode data = null;
        if (reason != null) {
            data = WireJson.object();
            data.put("reason", reason);
        }
        return new WireFault(code, name, status, message, data);
    }
}
