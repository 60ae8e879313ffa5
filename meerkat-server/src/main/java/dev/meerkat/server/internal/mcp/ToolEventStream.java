package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.SubscribedSink;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One open stream of events, and the reader that waits for the next, if any. One large event or a few small ones wait for a
 * reader, and the rest stays in the log. Thread-safe.
 */
final class ToolEventStream extends SubscribedSink {
    /** Of events that wait, after which no more are taken. */
    private static final int HELD_BYTES = 16 << 10;

    private final String id;
    private final int bound;
    private final SendMemory.Share memory;
    private final Workers workers;
    private final Queue<SendMemory.Held> events = new ArrayDeque<>();
    private long eventBytes;
    private @Nullable CompletableFuture<ObjectNode> reader;
    private @Nullable WireFault broken;
    private boolean refused;
    private long lastRead = System.nanoTime();

    ToolEventStream(String id, int bound, SendMemory memory, Workers workers) {
        this.id = id;
        this.bound = bound;
        this.memory = memory.share(this::drop);
        this.workers = workers;
    }

    synchronized long lastRead() {
        return lastRead;
    }

    /** The next event, or what there is to say when the time is up. One reader at a time: a new one ends the old one. */
    CompletableFuture<ObjectNode> next(Duration timeout) {
        CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
        CompletableFuture<ObjectNode> replaced;
        boolean room = false;
        Future<?> alarm = null;
        synchronized (this) {
            lastRead = System.nanoTime();
            replaced = reader;
            reader = null;
            SendMemory.Held event = events.poll();
            if (event != null) {
                eventBytes -= event.bytes().length;
                answer.complete(told(read(event.bytes())));
                event.give();
                room = refused && !isFull();
                refused &= !room;
            } else if (isOver()) {
                atEnd(answer);
            } else {
                reader = answer;
                alarm = workers.schedule(() -> timeOut(answer), timeout);
            }
        }
        if (room) {
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

    private boolean isFull() {
        return events.size() >= bound || eventBytes > HELD_BYTES;
    }

    @Override
    public synchronized boolean hasRoom() {
        refused = !isOver() && isFull();
        return !refused;
    }

    @Override
    public boolean offer(WireEvent event) {
        CompletableFuture<ObjectNode> waiting;
        synchronized (this) {
            waiting = reader;
            reader = null;
        }
        // A reader whose time is up at this moment has its answer already.
        if (waiting == null || !waiting.complete(told(event.envelope()))) {
            keep(event);
        }
        return true;
    }

    private void keep(WireEvent event) {
        SendMemory.Held held = memory.take(event.json());
        if (held == null) {
            drop();
            return;
        }
        CompletableFuture<ObjectNode> waiting;
        synchronized (this) {
            waiting = reader;
            reader = null;
            if (waiting == null && !isOver()) {
                events.add(held);
                eventBytes += held.bytes().length;
                return;
            }
        }
        held.give();
        if (waiting != null && !waiting.complete(told(event.envelope()))) {
            keep(event);
        }
    }

    @Override
    public void ended(@Nullable WireFault error) {
        CompletableFuture<ObjectNode> waiting;
        synchronized (this) {
            if (!isOver()) {
                broken = error;
            }
            over();
            waiting = reader;
            reader = null;
        }
        if (waiting != null) {
            atEnd(waiting);
        }
    }

    private synchronized void atEnd(CompletableFuture<ObjectNode> answer) {
        WireFault error = broken;
        if (error == null) {
            answer.complete(status("closed"));
        } else {
            answer.completeExceptionally(error);
        }
    }

    /** The server needs the memory, and this reader has been slower than all others; or there is no room for an event. */
    private void drop() {
        WireFault error = new WireFault(
                ErrorCode.BUDGET_EXHAUSTED,
                "the stream is closed, because the server has no room for its events until they are read; "
                        + "meerkat_history tells what happened",
                null);
        synchronized (this) {
            if (!events.isEmpty()) {
                broken = error;
            }
        }
        close(error);
    }

    void close() {
        close(null);
    }

    private void close(@Nullable WireFault error) {
        ended(error);
        synchronized (this) {
            events.clear();
            eventBytes = 0;
        }
        memory.end();
        unsubscribe();
    }

    private static ObjectNode read(byte[] event) {
        try {
            return (ObjectNode) WireJson.read(event, 0, event.length);
        } catch (IOException e) {
            throw new UncheckedIOException("an event that was written as JSON", e);
        }
    }

    private ObjectNode told(ObjectNode event) {
        ObjectNode result = status("event");
        result.set("event", event);
        return result;
    }

    private ObjectNode status(String status) {
        ObjectNode result = WireJson.object();
        return result.put("stream_id", id).put("status", status);
    }
}
