package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
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
    CompletableFuture<ObjectNode> open(ObjectNode arguments) {
        CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
        try {
            String session = text(arguments, "session_id");
            shared.workers().execute(() -> {
                try {
                    answer.complete(opened(session));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    answer.completeExceptionally(closing());
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (WireFault e) {
            answer.completeExceptionally(e);
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(full("too many calls wait"));
        }
        return answer;
    }

    private ObjectNode opened(String session) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        ToolEventStream stream =
                new ToolEventStream(id, shared.limits().bufferedEvents(), shared.memory(), shared.workers());
        synchronized (streams) {
            dropForgotten();
            if (streams.size() >= most) {
                throw full("as many event streams are open as this server allows: " + most);
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
    CompletableFuture<ObjectNode> read(ObjectNode arguments) {
        try {
            String id = text(arguments, "stream_id");
            ToolEventStream stream = find(id);
            if (stream == null) {
                throw new WireFault(ErrorCode.NOT_FOUND, "Event stream not found: " + id, null);
            }
            return stream.next(wait(arguments));
        } catch (WireFault e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Duration wait(ObjectNode arguments) {
        JsonNode millis = arguments.path("timeout_ms");
        if (arguments.path("no_timeout").asBoolean(false)) {
            return Duration.ofMillis(LONGEST_WAIT_MILLIS);
        }
        if (millis.isMissingNode()) {
            return Duration.ofMillis(DEFAULT_WAIT_MILLIS);
        }
        if (!millis.canConvertToLong() || millis.longValue() < 0) {
            throw invalid("timeout_ms", "must be a whole number, not negative");
        }
        return Duration.ofMillis(Math.min(millis.longValue(), LONGEST_WAIT_MILLIS));
    }

    /** Closes a stream: {@code {stream_id}}. */
    CompletableFuture<ObjectNode> close(ObjectNode arguments) {
        try {
            String id = text(arguments, "stream_id");
            ToolEventStream stream = remove(id);
            if (stream != null) {
                stream.close();
            }
            ObjectNode result = WireJson.object();
            return CompletableFuture.completedFuture(result.put("stream_id", id).put("closed", stream != null));
        } catch (WireFault e) {
            return CompletableFuture.failedFuture(e);
        }
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

    private static String text(ObjectNode arguments, String field) {
        JsonNode value = arguments.path(field);
        if (!value.isTextual()) {
            throw invalid(field, value.isMissingNode() ? "is missing" : "must be a text");
        }
        return value.textValue();
    }

    private static WireFault invalid(String field, String problem) {
        return new WireFault(ErrorCode.BAD_REQUEST, "Invalid arguments: " + field + " " + problem, null);
    }

    private static WireFault full(String problem) {
        return new WireFault(ErrorCode.BUDGET_EXHAUSTED, problem, null);
    }

    private static WireFault closing() {
        return new WireFault(ErrorCode.SESSION_RUNTIME_UNAVAILABLE, "the server is closing", null);
    }
}
