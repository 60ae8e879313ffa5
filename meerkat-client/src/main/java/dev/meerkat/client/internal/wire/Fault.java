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
public record Fault(int rpcCode, int httpStatus, String code, String message, JsonNode data) {}
