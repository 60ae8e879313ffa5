package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;

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
        return switch (Fields.textOr(data, "outcome", "")) {
            case "not_done" -> Outcome.NOT_DONE;
            case "failed" -> Outcome.FAILED;
            case "unknown" -> Outcome.UNKNOWN;
            default -> Outcome.UNTOLD;
        };
    }
}
