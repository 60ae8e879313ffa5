package dev.meerkat.client.internal.wire;

import dev.meerkat.wire.internal.fault.ErrorCode;
import java.util.Locale;
import java.util.Set;

/** The stable code and the HTTP status of an error answer. */
final class FaultCodes {
    /** What the server has no better name for; the name of the status says more. */
    private static final Set<String> VAGUE = Set.of("", "bad_request", "not_found", "service_unavailable");

    private FaultCodes() {}

    /** The text code that the server gave, in lower case, or empty. */
    static String textCode(Fault fault) {
        String code = fault.code().isEmpty() ? Fields.textOr(fault.data(), "code", "") : fault.code();
        return code.strip().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status of the error, over JSON-RPC that of the same error; 0 if the number is not known. */
    static int status(Fault fault) {
        return fault.httpStatus() != 0
                ? fault.httpStatus()
                : ErrorCode.numbered(fault.rpcCode()).map(ErrorCode::status).orElse(0);
    }

    /** The stable code: the server's text, else a name. */
    static String code(Fault fault) {
        String text = textCode(fault);
        if (!VAGUE.contains(text)) {
            return text;
        }
        return ErrorCode.numbered(fault.rpcCode())
                .map(ErrorCode::text)
                .orElseGet(() -> fault.httpStatus() == 0 ? "rpc_error_" + fault.rpcCode() : nameOf(fault.httpStatus()));
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
