package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.SubscribedSink;
import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.fault.WireFault;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a session on their way to one reader. While the reader does not take what is being written, one large
 * event or a few small ones are kept, and then the subscription is told to wait. No thread belongs to it. Thread-safe.
 */
final class SseStream extends SubscribedSink implements Ticker.Member {
    private static final Logger LOG = LoggerFactory.getLogger(SseStream.class);

    /** So much is written at once, so that a reader that takes some of a large event is seen to make progress. */
    private static final int PIECE_BYTES = 32 << 10;

    private final HttpBounds bounds;
    private final Ticker ticker;
    private final SendMemory.Share memory;
    private final Runnable release;
    private final AtomicBoolean left = new AtomicBoolean();

    // Guarded by this. The queue exists only while something waits, because most streams are idle most of the time.
    private @Nullable Queue<Frame> waiting;
    private int waitingBytes;
    private int writtenBytes;
    private boolean refused;
    private boolean ending;
    private boolean writing;
    private int quietSeconds;
    private @Nullable Outlet outlet;

    /**
     * A stream that is not open yet.
     *
     * @param release gives back its place
     */
    SseStream(HttpBounds bounds, Ticker ticker, SendMemory memory, Runnable release) {
        this.bounds = bounds;
        this.ticker = ticker;
        this.memory = memory.share(this::drop);
        this.release = release;
    }

    /** What waits; the server counts what events take. */
    private record Frame(List<byte[]> parts, SendMemory.@Nullable Held held) {
        static Frame of(byte[] bytes) {
            return new Frame(List.of(bytes), null);
        }

        int length() {
            return parts.stream().mapToInt(part -> part.length).sum();
        }
    }

    /** The connection that it is written to. */
    record Wire(Response response, Callback callback) {
        void abort() {
            response.getRequest()
                    .getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .close();
        }
    }

    /** Begins to tell the events of a subscription, after a first frame. */
    void open(Wire wire, EventSubscription events, byte[] first) {
        Outlet out = new Outlet(wire);
        synchronized (this) {
            outlet = out;
            prepend(Frame.of(first));
        }
        ticker.join(this);
        out.iterate();
        begin(events);
    }

    @Override
    public synchronized boolean hasRoom() {
        boolean room = ending || (waitingBytes <= bounds.heldBytes() && writtenBytes <= PIECE_BYTES);
        refused |= !room;
        return room;
    }

    @Override
    public boolean offer(WireEvent event) {
        List<byte[]> parts = Frames.of(event);
        SendMemory.Held held = memory.take(parts.get(parts.size() / 2));
        if (held == null) {
            end(Frames.error(HttpErrors.busy("the server has no room for an event that waits for you to read it")));
            return true;
        }
        synchronized (this) {
            if (ending) {
                held.give();
                return true;
            }
            add(new Frame(parts, held));
        }
        iterate();
        return true;
    }

    @Override
    public void ended(@Nullable WireFault error) {
        end(error == null ? Frames.done() : Frames.error(error));
    }

    /** Ends it with the last frame, once. */
    void end(byte[] last) {
        synchronized (this) {
            if (ending) {
                return;
            }
            ending = true;
            add(Frame.of(last));
        }
        iterate();
    }

    @Override
    public void second() {
        synchronized (this) {
            if (writing || ending) {
                return;
            }
            quietSeconds++;
            if (quietSeconds < bounds.heartbeatSeconds()) {
                return;
            }
            add(Frame.of(Frames.heartbeat()));
        }
        iterate();
    }

    private void add(Frame frame) {
        Queue<Frame> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>(4);
            waiting = queue;
        }
        queue.add(frame);
        waitingBytes += frame.length();
    }

    /** A session may end before its stream is open. */
    private void prepend(Frame first) {
        Queue<Frame> later = waiting;
        waiting = null;
        add(first);
        if (later != null) {
            waiting = new ArrayDeque<>(later.size() + 1);
            waiting.add(first);
            waiting.addAll(later);
        }
    }

    /** The server needs the memory, and this reader has been slower than all others. */
    private void drop() {
        Outlet out;
        synchronized (this) {
            ending = true;
            waiting = null;
            out = outlet;
        }
        LOG.debug("a reader of events is disconnected: it is the slowest, and too much waits for readers");
        if (out != null) {
            out.wire.abort();
        }
    }

    private void iterate() {
        Outlet out;
        synchronized (this) {
            out = outlet;
        }
        if (out != null) {
            out.iterate();
        }
    }

    /** Gives back all that it has. */
    void leave() {
        if (left.compareAndSet(false, true)) {
            synchronized (this) {
                ending = true;
                waiting = null;
            }
            ticker.leave(this);
            memory.end();
            unsubscribe();
            release.run();
        }
    }

    /** Writes what waits, one piece after the other. */
    private final class Outlet extends IteratingCallback {
        private final Wire wire;
        private final Queue<ByteBuffer> frames = new ArrayDeque<>(4);
        private List<SendMemory.Held> held = List.of();
        private boolean lastWritten;

        Outlet(Wire wire) {
            this.wire = wire;
        }

        @Override
        protected Action process() {
            if (lastWritten) {
                return Action.SUCCEEDED;
            }
            while (true) {
                ByteBuffer piece;
                boolean ready = false;
                synchronized (SseStream.this) {
                    piece = next();
                    writing = piece != null || (ending && waiting == null);
                    if (writing) {
                        quietSeconds = 0;
                    } else if (refused) {
                        refused = false;
                        ready = true;
                    }
                }
                if (piece != null) {
                    wire.response.write(false, piece, this);
                    return Action.SCHEDULED;
                }
                if (!ready) {
                    return atEnd();
                }
                resume();
            }
        }

        private Action atEnd() {
            boolean end;
            synchronized (SseStream.this) {
                end = ending && waiting == null;
            }
            if (!end) {
                return Action.IDLE;
            }
            lastWritten = true;
            wire.response.write(true, ByteBuffer.allocate(0), this);
            return Action.SCHEDULED;
        }

        private @Nullable ByteBuffer next() {
            if (frames.isEmpty()) {
                held.forEach(SendMemory.Held::give);
                held = List.of();
                writtenBytes = waiting == null ? 0 : take(waiting);
            }
            ByteBuffer frame = frames.peek();
            if (frame == null) {
                return null;
            }
            int length = Math.min(frame.remaining(), PIECE_BYTES);
            ByteBuffer piece = frame.slice(frame.position(), length);
            frame.position(frame.position() + length);
            if (!frame.hasRemaining()) {
                frames.remove();
            }
            return piece;
        }

        /** Takes a large frame as it is, whose bytes other readers have too, or small ones together. */
        private int take(Queue<Frame> queue) {
            List<Frame> together = new ArrayList<>();
            int length = 0;
            for (Frame next = queue.peek();
                    next != null && (together.isEmpty() || length + next.length() <= PIECE_BYTES);
                    next = queue.peek()) {
                together.add(queue.remove());
                length += next.length();
            }
            waitingBytes -= length;
            if (queue.isEmpty()) {
                waiting = null;
            }
            held = together.stream().map(Frame::held).filter(Objects::nonNull).toList();
            if (together.size() == 1) {
                together.get(0)
                        .parts()
                        .forEach(part -> frames.add(ByteBuffer.wrap(part).asReadOnlyBuffer()));
                return length;
            }
            ByteBuffer all = ByteBuffer.allocate(length);
            together.forEach(frame -> frame.parts().forEach(all::put));
            frames.add(all.flip());
            return length;
        }

        @Override
        protected void onCompleteSuccess() {
            leave();
            wire.callback.succeeded();
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            leave();
            wire.callback.failed(cause);
        }
    }
}
