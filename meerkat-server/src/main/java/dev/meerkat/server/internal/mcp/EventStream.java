package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.calls.Workers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One open stream of events, and the reader that waits for the next, if any. Thread-safe. */
final class EventStream extends Watch {
    private final String id;
    private final int bound;
    private final Workers workers;
    private final Queue<WireEvent> events = new ArrayDeque<>();
    private @Nullable CompletableFuture<ObjectNode> reader;
    private boolean refused;
    private long lastRead = System.nanoTime();

    EventStream(String id, int bound, Workers workers) {
        this.id = id;
        this.bound = bound;
        this.workers = workers;
    }

    synchronized long lastRead() {
        return lastRead;
    }

    /** The next event, or what there is to say when the time is up. One reader at a time: a new one ends the old one. */
    CompletableFuture<ObjectNode> next(Duration timeout) {
        CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
        CompletableFuture<ObjectNode> replaced;
        boolean full = false;
        Future<?> alarm = null;
        synchronized (this) {
            lastRead = System.nanoTime();
            replaced = reader;
            reader = null;
            WireEvent event = events.poll();
            if (event != null) {
                answer.complete(told(event));
                full = refused;
                refused = false;
            } else if (isOver()) {
                answer.complete(status("closed"));
            } else {
                reader = answer;
                alarm = workers.schedule(() -> timeOut(answer), timeout);
            }
        }
        if (full) {
            resume();
        }
        if (replaced != null) {
            replaced.complete(status("timeout"));
        }
        Future<?> set = alarm;
        return set == null ? answer : answer.whenComplete((done, failed) -> set.cancel(false));
    }

    @SuppressWarnings("ReferenceEquality") // this very reader, and no other
    private void timeOut(CompletableFuture<ObjectNode> waiting) {
        synchronized (this) {
            if (reader == waiting) {
                reader = null;
            }
        }
        waiting.complete(status("timeout"));
    }

    @Override
    public boolean offer(WireEvent event) {
        CompletableFuture<ObjectNode> waiting;
        synchronized (this) {
            waiting = reader;
            reader = null;
            if (waiting == null) {
                refused = events.size() >= bound;
                return refused ? false : events.add(event);
            }
        }
        // A reader whose time is up at this moment has its answer already.
        if (!waiting.complete(told(event))) {
            synchronized (this) {
                return events.add(event);
            }
        }
        return true;
    }

    @Override
    public void ended(@Nullable WireFault error) {
        CompletableFuture<ObjectNode> waiting;
        synchronized (this) {
            end();
            waiting = reader;
            reader = null;
        }
        if (waiting != null) {
            waiting.complete(status("closed"));
        }
    }

    void close() {
        ended(null);
        synchronized (this) {
            events.clear();
        }
        closeTap();
    }

    private ObjectNode told(WireEvent event) {
        ObjectNode result = status("event");
        result.set("event", event.envelope());
        return result;
    }

    private ObjectNode status(String status) {
        ObjectNode result = WireJson.object();
        return result.put("stream_id", id).put("status", status);
    }
}
