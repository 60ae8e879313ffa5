package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.server.internal.rpc.Message;
import dev.meerkat.server.internal.rpc.MessageReader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One host, from its beginning to its end: what it calls, and what it wants to hear. Thread-safe. */
final class McpSession {
    private final Map<JsonNode, HostCall> calls = new ConcurrentHashMap<>();
    private volatile boolean hearsEvents = true;

    /** Notes a call; false if its id is in use. */
    boolean add(JsonNode id, HostCall call) {
        return calls.putIfAbsent(id, call) == null;
    }

    /** How many calls wait for their answers. */
    int size() {
        return calls.size();
    }

    /** The call that had an id, which is free from now on; null if there is none. */
    @Nullable
    HostCall remove(JsonNode id) {
        return calls.remove(id);
    }

    /** The host takes a call back. */
    void cancel(Message.Notification notification) {
        JsonNode id = MessageReader.id(notification.params().path("requestId"));
        HostCall call = id == null ? null : calls.get(id);
        if (call != null) {
            call.cancel();
        }
    }

    /** Takes all calls back. */
    void cancelAll() {
        calls.values().forEach(HostCall::cancel);
    }

    /** Whether the host wants to be told events. */
    boolean hearsEvents() {
        return hearsEvents;
    }

    void hearsEvents(boolean wanted) {
        hearsEvents = wanted;
    }
}
