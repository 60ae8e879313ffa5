package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.http.Refusals;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** The frames of server-sent events. */
final class Frames {
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private Frames() {}

    /** An event; one that can be read again from the log has the id from which to go on. */
    static byte[] of(WireEvent event) {
        OptionalLong id = event.logged() ? OptionalLong.of(event.sequence()) : OptionalLong.empty();
        return frame(event.type(), id, event.envelope());
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
        return frame("error", OptionalLong.empty(), Refusals.body(fault));
    }

    /** What a reader ignores, but which shows that the connection is alive. */
    static byte[] heartbeat() {
        return HEARTBEAT.clone();
    }

    private static byte[] frame(String type, OptionalLong id, JsonNode data) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(("event: " + type + "\n").getBytes(StandardCharsets.UTF_8));
        if (id.isPresent()) {
            frame.writeBytes(("id: " + id.getAsLong() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        frame.writeBytes("data: ".getBytes(StandardCharsets.UTF_8));
        frame.writeBytes(WireJson.write(data));
        frame.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
        return frame.toByteArray();
    }
}
