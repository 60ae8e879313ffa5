package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines as messages. Whatever stands there, an id that can be found comes back. */
public final class MessageReader {
    private static final int ID_BYTES = 1_024;
    private static final int WHY_CHARS = 200;

    private final boolean checksVersion;

    /** For a contract line. */
    public MessageReader(ContractLine line) {
        this.checksVersion = line.needsJsonRpcVersion();
    }

    /** The message of a line; never throws. */
    Message read(LineReader.Line line) {
        JsonNode tree;
        try {
            tree = WireJson.read(line.bytes(), line.offset(), line.length());
        } catch (IOException e) {
            return new Message.NoObject(BrokenLine.id(line), RpcErrors.unreadable(cut(WireJson.why(e))));
        }
        if (tree.isArray()) {
            return new Message.NoObject(NullNode.getInstance(), RpcErrors.unreadable("batches are not supported"));
        }
        return tree instanceof ObjectNode message
                ? read(message)
                : new Message.NoObject(
                        NullNode.getInstance(), RpcErrors.invalidRequest("a message is an object", null));
    }

    /** Refuses a line of which only the beginning was read. */
    static Message tooLong(LineReader.Line begun, int maxBytes) {
        return begun(
                begun,
                RpcErrors.invalidRequest("line too long, at most " + maxBytes + " bytes", "rpc_request_too_large"));
    }

    private static Message begun(LineReader.Line begun, WireFault fault) {
        JsonNode id = BrokenLine.id(begun);
        return beginsAnObject(begun) ? new Message.Bad(id, fault) : new Message.NoObject(id, fault);
    }

    private static boolean beginsAnObject(LineReader.Line line) {
        int at = line.offset();
        int end = line.offset() + line.length();
        while (at < end && BrokenLine.blank(line.bytes()[at])) {
            at++;
        }
        return at < end && line.bytes()[at] == '{';
    }

    /** Refuses a line of which only the beginning was read, because too much else is. */
    static Message noRoom(LineReader.Line begun) {
        return begun(
                begun, RpcErrors.exhausted("the server is receiving too much at once", "rpc_request_backpressured"));
    }

    /** The message that is an object; never throws. */
    public Message read(ObjectNode message) {
        JsonNode given = message.path("id");
        boolean none = given.isMissingNode() || given.isNull();
        JsonNode id = none ? NullNode.getInstance() : id(given);
        if (id == null) {
            return given.isTextual()
                    ? new Message.Bad(
                            NullNode.getInstance(),
                            RpcErrors.invalidRequest(
                                    "the id has more than " + ID_BYTES + " bytes, or is not Unicode",
                                    "rpc_request_id_too_large"))
                    : bad("an id is a 64-bit integer or a string");
        }
        JsonNode method = message.path("method");
        if (method.isMissingNode()) {
            return message.has("result") || message.has("error")
                    ? new Message.Reply(id, message)
                    : new Message.Bad(id, RpcErrors.invalidRequest("neither a call nor an answer", null));
        }
        if (none && method.isTextual()) {
            return new Message.Notification(method.textValue(), message.path("params"));
        }
        return request(id, method, message);
    }

    private Message request(JsonNode id, JsonNode method, ObjectNode message) {
        JsonNode version = message.path("jsonrpc");
        if (version.isMissingNode()) {
            return new Message.Bad(id, RpcErrors.unreadable("missing field `jsonrpc`"));
        }
        if (checksVersion && !"2.0".equals(version.textValue())) {
            return new Message.Bad(
                    id,
                    RpcErrors.invalidRequest(
                            "Unsupported JSON-RPC version: expected \"2.0\", got " + cut(version.toString()), null));
        }
        if (!method.isTextual()) {
            return new Message.Bad(id, RpcErrors.invalidRequest("a method is a string", null));
        }
        JsonNode params = message.path("params");
        if (params.isMissingNode() || params.isNull()) {
            return new Message.Request(id, method.textValue(), WireJson.object());
        }
        return params instanceof ObjectNode object
                ? new Message.Request(id, method.textValue(), object)
                : new Message.Bad(id, RpcErrors.invalidParams("Invalid params: expected an object"));
    }

    private static Message bad(String why) {
        return new Message.Bad(NullNode.getInstance(), RpcErrors.invalidRequest(why, null));
    }

    /** The id in the one form that is compared, or null if it is none. */
    public static @Nullable JsonNode id(JsonNode given) {
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

    private static String cut(String text) {
        return text.length() <= WHY_CHARS ? text : text.substring(0, WHY_CHARS);
    }
}
