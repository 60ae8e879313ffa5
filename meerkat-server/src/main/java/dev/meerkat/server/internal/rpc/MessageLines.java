package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes messages as lines, with their ends. */
public final class MessageLines {
    /** More than that is no answer any more. */
    private static final int ANSWER_BYTES = 32 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(MessageLines.class);
    private static final int MESSAGE_CHARS = 4 << 10;
    private static final String EVENT = ",\"event\":";
    private static final String ENDS = "}}\n";

    /** Smaller ones are copied, so that a line is written at once. */
    private static final int SHARED_BYTES = 8 << 10;

    private MessageLines() {}

    /** The line of a result, or of the error that it is too large. */
    static byte[] result(JsonNode id, ObjectNode result) {
        ObjectNode message = message();
        message.set("id", id);
        message.set("result", result);
        byte[] line = line(message);
        return line.length <= ANSWER_BYTES ? line : error(id, RpcErrors.answerTooLarge());
    }

    /** The line of the result of a call, or of what it failed with. */
    public static byte[] answer(JsonNode id, @Nullable ObjectNode result, @Nullable Throwable failure) {
        try {
            return result == null ? error(id, RpcErrors.of(failure)) : result(id, result);
        } catch (RuntimeException | Error e) {
            LOG.error("an answer cannot be written: {}", e.getClass().getName());
            LOG.debug("an answer cannot be written", e);
            return error(id, RpcErrors.internal());
        }
    }

    /** The line of an error. */
    public static byte[] error(JsonNode id, WireFault fault) {
        String text = fault.message();
        ObjectNode error = WireJson.object();
        error.put("code", fault.code().rpc());
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

    /** The line of a notification. */
    public static byte[] notification(String method, ObjectNode params) {
        ObjectNode message = message();
        message.put("method", method);
        message.set("params", params);
        return line(message);
    }

    /**
     * The line of a notification whose last parameter is an event.
     *
     * @param params the others, at least one
     * @param event its JSON, which other lines may have too
     * @return the parts of the line, the largest of which is the event itself, if that is large
     */
    static List<byte[]> notification(String method, ObjectNode params, byte[] event) {
        ObjectNode message = message();
        message.put("method", method);
        message.set("params", params);
        byte[] whole = WireJson.write(message);
        byte[] field = EVENT.getBytes(StandardCharsets.UTF_8);
        // Without the two ends of objects.
        byte[] head = Arrays.copyOf(whole, whole.length - 2 + field.length);
        System.arraycopy(field, 0, head, whole.length - 2, field.length);
        byte[] end = ENDS.getBytes(StandardCharsets.UTF_8);
        if (event.length >= SHARED_BYTES) {
            return List.of(head, event, end);
        }
        ByteBuffer line = ByteBuffer.allocate(head.length + event.length + end.length);
        return List.of(line.put(head).put(event).put(end).array());
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
