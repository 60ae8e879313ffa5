package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.LineReader;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.ContractLine;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines as messages. Whatever stands there, an id that can be found comes back. */
final class MessageReader {
    private static final int ID_BYTES = 1_024;
    private static final int WHY_CHARS = 200;

    private final boolean checksVersion;

    MessageReader(ContractLine line) {
        this.checksVersion = line != ContractLine.V0_6;
    }

    /** The message of a line; never throws. */
    Message read(LineReader.Line line) {
        JsonNode tree;
        try {
            tree = WireJson.read(line.bytes(), line.offset(), line.length());
        } catch (IOException e) {
            return new Message.Bad(BrokenLine.id(line), Faults.unreadable(why(e)));
        }
        if (tree.isArray()) {
            return new Message.Bad(NullNode.getInstance(), Faults.unreadable("batches are not supported"));
        }
        return tree instanceof ObjectNode message ? read(message) : bad("a message is an object");
    }

    /** Refuses a line of which only the beginning was read. */
    static Message.Bad tooLong(LineReader.Line begun, int maxBytes) {
        return new Message.Bad(
                BrokenLine.id(begun),
                Faults.invalidRequest("line too long, at most " + maxBytes + " bytes", "rpc_request_too_large"));
    }

    /** Refuses a line of which only the beginning was read, because too much else is. */
    static Message.Bad noRoom(LineReader.Line begun) {
        return new Message.Bad(
                BrokenLine.id(begun),
                Faults.exhausted("the server is receiving too much at once", "rpc_request_backpressured"));
    }

    private Message read(ObjectNode message) {
        JsonNode given = message.path("id");
        boolean none = given.isMissingNode() || given.isNull();
        JsonNode id = none ? NullNode.getInstance() : id(given);
        if (id == null) {
            return given.isTextual()
                    ? new Message.Bad(
                            NullNode.getInstance(),
                            Faults.invalidRequest(
                                    "the id has more than " + ID_BYTES + " bytes, or is not Unicode",
                                    "rpc_request_id_too_large"))
                    : bad("an id is a 64-bit integer or a string");
        }
        JsonNode method = message.path("method");
        if (method.isMissingNode()) {
            return message.has("result") || message.has("error")
                    ? new Message.Reply(id, message)
                    : new Message.Bad(id, Faults.invalidRequest("neither a call nor an answer", null));
        }
        if (none && method.isTextual()) {
            return new Message.Notification(method.textValue(), message.path("params"));
        }
        return request(id, method, message);
    }

    private Message request(JsonNode id, JsonNode method, ObjectNode message) {
        JsonNode version = message.path("jsonrpc");
        if (version.isMissingNode()) {
            return new Message.Bad(id, Faults.unreadable("missing field `jsonrpc`"));
        }
        if (checksVersion && !"2.0".equals(version.textValue())) {
            return new Message.Bad(
                    id,
                    Faults.invalidRequest(
                            "Unsupported JSON-RPC version: expected \"2.0\", got " + cut(version.toString()), null));
        }
        if (!method.isTextual()) {
            return new Message.Bad(id, Faults.invalidRequest("a method is a string", null));
        }
        JsonNode params = message.path("params");
        if (params.isMissingNode() || params.isNull()) {
            return new Message.Request(id, method.textValue(), WireJson.object());
        }
        return params instanceof ObjectNode object
                ? new Message.Request(id, method.textValue(), object)
                : new Message.Bad(id, Faults.invalidParams("Invalid params: expected an object"));
    }

    private static Message bad(String why) {
        return new Message.Bad(NullNode.getInstance(), Faults.invalidRequest(why, null));
    }

    /** The id in the one form that is compared, or null if it is none. */
    static @Nullable JsonNode id(JsonNode given) {
        if (given.isIntegralNumber() && given.canConvertToLong()) {
            return LongNode.valueOf(given.longValue());
        }
        return given.isTextual() && fits(given.textValue()) ? given : null;
    }

    /** What could not be written back is no id. */
    private static boolean fits(String id) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(id)
                && id.getBytes(StandardCharsets.UTF_8).length <= ID_BYTES;
    }

    private static String why(IOException e) {
        if (e instanceof CharacterCodingException) {
            return "not UTF-8";
        }
        return cut(
                e instanceof JsonProcessingException json ? json.getOriginalMessage() : String.valueOf(e.getMessage()));
    }

    private static String cut(String text) {
        return text.length() <= WHY_CHARS ? text : text.substring(0, WHY_CHARS);
    }
}
