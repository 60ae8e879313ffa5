package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/** The frames of server-sent events. */
final class Frames {
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

    /** Smaller ones are copied, so that a frame is written at once. */
    private static final int SHARED_BYTES = 8 << 10;

    private Frames() {}

    /**
     * An event; one that can be read again from the log has the id from which to go on.
     *
     * @return the parts of the frame, the largest of which is that of all readers
     */
    static List<byte[]> of(WireEvent event) {
        OptionalLong id = event.logged() ? OptionalLong.of(event.sequence()) : OptionalLong.empty();
        byte[] json = event.json();
        byte[] head = head(event.type(), id);
        return json.length < SHARED_BYTES ? List.of(joined(head, json, END)) : List.of(head, json, END);
    }

    /** The first frame. */
    static byte[] loaded(String session, long messages, OptionalLong cursor) {
        ObjectNode data = WireJson.object();
        data.put("message_count", messages);
        data.put("session_id", session);
        return frame("session_loaded", cursor, data);
    }

    /** The last frame. */
    static byte[] done() {
        return frame("done", OptionalLong.empty(), WireJson.object());
    }

    /** The last frame of a stream that broke off. */
    static byte[] error(WireFault fault) {
        return frame("error", OptionalLong.empty(), HttpErrors.body(fault));
    }

    /** What a reader ignores, but which shows that the connection is alive. */
    static byte[] heartbeat() {
        return HEARTBEAT.clone();
    }

    private static byte[] frame(String type, OptionalLong id, JsonNode data) {
        return joined(head(type, id), WireJson.write(data), END);
    }

    private static byte[] head(String type, OptionalLong id) {
        String head = "event: " + type + "\n" + (id.isPresent() ? "id: " + id.getAsLong() + "\n" : "") + "data: ";
        return head.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            frame.writeBytes(part);
        }
        return frame.toByteArray();
    }
}
