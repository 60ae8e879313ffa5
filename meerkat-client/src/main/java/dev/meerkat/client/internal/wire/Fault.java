package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.fault.ErrorCode;
import java.util.Locale;
import java.util.Set;

/**
 * An error answer of a server, as it came.
 *
 * @param rpcCode the JSON-RPC error code, 0 over REST
 * @param httpStatus the HTTP status, 0 over JSON-RPC
 * @param code the text code that came with it ({@code data.code} or the body's {@code code}), or empty
 * @param message the server's message
 * @param data {@code data} or {@code details}; a missing node for none
 */
public record Fault(int rpcCode, int httpStatus, String code, String message, JsonNode data) {
    /** What the server has no better name for; the name of the status says more. */
    private static final Set<String> VAGUE = Set.of("", "bad_request", "not_found", "service_unavailable");

    /** What the server says is known of the work. */
    enum Outcome {
        NOT_DONE,
        FAILED,
        UNKNOWN,
        /** It does not say. */
        UNTOLD
    }

    /** The outcome in the data; servers of this project give it. */
    Outcome outcome() {
        return switch (WireFields.textOr(data, "outcome", "")) {
            case "not_done" -> Outcome.NOT_DONE;
            case "failed" -> Outcome.FAILED;
            case "unknown" -> Outcome.UNKNOWN;
            default -> Outcome.UNTOLD;
        };
    }

    /** The text code that the server gave, in lower case, or empty. */
    String textCode() {
        String text = code.isEmpty() ? WireFields.textOr(data, "code", "") : code;
        return text.strip().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status of the error, over JSON-RPC that of the same error; 0 if the number is not known. */
    int status() {
        return httpStatus != 0
                ? httpStatus
                : ErrorCode.numbered(rpcCode).map(ErrorCode::status).orElse(0);
    }

    /** The stable code: the server's text, else a name. */
    String stableCode() {
        String text = textCode();
        if (!VAGUE.contains(text)) {
            return text;
        }
        return ErrorCode.numbered(rpcCode)
                .map(ErrorCode::text)
                .orElseGet(() -> httpStatus == 0 ? "rpc_error_" + rpcCode : nameOf(httpStatus));
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
