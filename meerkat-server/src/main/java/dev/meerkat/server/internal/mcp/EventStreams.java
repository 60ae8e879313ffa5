package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The tools that watch sessions: a stream is opened, read one event at a time, and closed. Thread-safe. */
final class EventStreams implements AutoCloseable {
    /** A host that forgets its streams must not keep them. */
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(10).toNanos();

    private static final int MOST_STREAMS = 1_024;
    private static final long DEFAULT_WAIT_MILLIS = 5_000;
    private static final long LONGEST_WAIT_MILLIS = Duration.ofMinutes(2).toMillis();

    private final ServerContext shared;
    private final int most;
    private final Map<String, ToolEventStream> streams = new LinkedHashMap<>();

    EventStreams(ServerContext shared) {
        this.shared = shared;
        this.most = Math.min(MOST_STREAMS, shared.limits().streams());
    }

    /** Opens a stream: {@code {session_id}}. */
    PendingCall<ObjectNode> open(Params arguments) {
        String session = arguments.text("session_id");
        return shared.calls().operations().start(() -> opened(session));
    }

    private ObjectNode opened(String session) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        ToolEventStream stream =
                new ToolEventStream(id, shared.limits().bufferedEvents(), shared.memory(), shared.workers());
        synchronized (streams) {
            dropForgotten();
            if (streams.size() >= most) {
                throw new WireFault(
                        ErrorCode.BUDGET_EXHAUSTED,
                        "as many event streams are open as this server allows: " + most,
                        null);
            }
            streams.put(id, stream);
        }
        try {
            stream.begin(shared.calls().watch(session, Calls.LIVE, stream));
        } catch (RuntimeException | Error | InterruptedException e) {
            remove(id);
            throw e;
        }
        ObjectNode result = WireJson.object();
        return result.put("stream_id", id).put("session_id", session);
    }

    private void dropForgotten() {
        long now = System.nanoTime();
        for (Iterator<ToolEventStream> all = streams.values().iterator(); all.hasNext(); ) {
            ToolEventStream stream = all.next();
            if (now - stream.lastRead() > FORGOTTEN_NANOS) {
                all.remove();
                stream.close();
            }
        }
    }

    /** Waits for an event: {@code {stream_id, timeout_ms?, no_timeout?}}. */
    CompletableFuture<ObjectNode> read(Params arguments) {
        String id = arguments.text("stream_id");
        ToolEventStream stream = find(id);
        if (stream == null) {
            throw new WireFault(
                    ErrorCode.NOT_FOUND, "Event stream not found: " + id, ErrorForm.outcome(ErrorForm.NOT_DONE));
        }
        long millis = arguments.optionalCount("timeout_ms").orElse(DEFAULT_WAIT_MILLIS);
        long wait = arguments.flag("no_timeout") ? LONGEST_WAIT_MILLIS : Math.min(millis, LONGEST_WAIT_MILLIS);
        return stream.next(Duration.ofMillis(wait));
    }

    /** Closes a stream: {@code {stream_id}}. */
    ObjectNode close(Params arguments) {
        String id = arguments.text("stream_id");
        ToolEventStream stream = remove(id);
        if (stream != null) {
            stream.close();
        }
        return WireJson.object().put("stream_id", id).put("closed", stream != null);
    }

    private @Nullable ToolEventStream find(String id) {
        synchronized (streams) {
            return streams.get(id);
        }
    }

    private @Nullable ToolEventStream remove(String id) {
        synchronized (streams) {
            return streams.remove(id);
        }
    }

    @Override
    public void close() {
        synchronized (streams) {
            streams.values().forEach(ToolEventStream::close);
            streams.clear();
        }
    }
}
