package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireFault;
import java.util.Arrays;

/** Writes messages as lines, with their ends. */
final class Lines {
    /** More than that is no answer any more. */
    static final int ANSWER_BYTES = 32 << 20;

    private static final int MESSAGE_CHARS = 4 << 10;

    private Lines() {}

    /** The line of a result, or of the error that it is too large. */
    static byte[] result(JsonNode id, ObjectNode result) {
        ObjectNode message = message();
        message.set("id", id);
        message.set("result", result);
        byte[] line = line(message);
        return line.length <= ANSWER_BYTES
                ? line
                : error(id, Faults.exhausted("the answer is too large", "rpc_response_too_large"));
    }

    static byte[] error(JsonNode id, WireFault fault) {
        String text = fault.message();
        ObjectNode error = WireJson.object();
        error.put("code", fault.code());
        error.put("message", text.length() <= MESSAGE_CHARS ? text : text.substring(0, MESSAGE_CHARS));
        if (fault.data() != null) {
            error.set("data", fault.data());
        }
        ObjectNode message = message();
        message.set("id", id);
        message.set("error", error);
        try {
            return line(message);
        } catch (InvalidFieldException e) {
            return withoutItsText(error, message);
        }
    }

    /** It repeats what the client sent, and that has no UTF-8 form. */
    private static byte[] withoutItsText(ObjectNode error, ObjectNode message) {
        error.put("message", "the message has text that is not Unicode");
        error.remove("data");
        try {
            return line(message);
        } catch (InvalidFieldException e) {
            message.set("id", NullNode.getInstance());
            return line(message);
        }
    }

    static byte[] request(String id, String method, ObjectNode params) {
        ObjectNode message = message();
        message.put("id", id);
        message.put("method", method);
        message.set("params", params);
        return line(message);
    }

    static byte[] notification(String method, ObjectNode params) {
        ObjectNode message = message();
        message.put("method", method);
        message.set("params", params);
        return line(message);
    }

    private static ObjectNode message() {
        ObjectNode message = WireJson.object();
        message.put("jsonrpc", "2.0");
        return message;
    }

    private static byte[] line(ObjectNode message) {
        byte[] bytes = WireJson.write(message);
        byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
        line[bytes.length] = '\n';
        return line;
    }
}
