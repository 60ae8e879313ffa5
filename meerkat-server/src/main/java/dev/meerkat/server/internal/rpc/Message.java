package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.fault.WireFault;

/** What a client says with one line. */
public sealed interface Message {
    /**
     * A call.
     *
     * @param id a 64-bit integer or a text
     * @param params an empty object if there are none
     */
    record Request(JsonNode id, String method, ObjectNode params) implements Message {}

    /** What is never answered. */
    record Notification(String method, JsonNode params) implements Message {}

    /** The answer to a call of a tool. */
    record Reply(JsonNode id, JsonNode body) implements Message {}

    /**
     * What is refused.
     *
     * @param id null of JSON if there is none
     */
    record Bad(JsonNode id, WireFault fault) implements Message {}

    /**
     * A line that is no JSON object, which no client of JSON-RPC writes.
     *
     * @param id what could be found of it; null of JSON if there is none
     */
    record NoObject(JsonNode id, WireFault fault) implements Message {}
}
