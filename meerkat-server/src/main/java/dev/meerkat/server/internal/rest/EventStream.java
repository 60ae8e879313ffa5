package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Rounds;
import dev.meerkat.server.internal.calls.Tap;
import dev.meerkat.server.internal.calls.TapSink;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.http.HttpBounds;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * The events of a session on their way to one reader. While the reader does not take what is being written, a little
 * is kept, and then the tap is told to wait. No thread belongs to it. Thread-safe.
 */
final class EventStream implements TapSink, Rounds.Member {
    /** So much is written at once, so that a reader that takes some of a large event is seen to make progress. */
    private static final int PIECE_BYTES = 32 << 10;

    private final HttpBounds bounds;
    private final Rounds rounds;
    private final Runnable release;
    private final AtomicBoolean left = new AtomicBoolean();

    // Guarded by this. The queue exists only while something waits, because most streams are idle most of the time.
    private @Nullable Queue<byte[]> waiting;
    private int waitingBytes;
    private boolean refused;
    private boolean ending;
    private boolean writing;
    private int quietSeconds;
    private @Nullable Tap tap;
    private @Nullable Outlet outlet;

    /**
     * A stream that is not open yet.
     *
     * @param release gives back its place
     */
    EventStream(HttpBounds bounds, Rounds rounds, Runnable release) {
        this.bounds = bounds;
        this.rounds = rounds;
        this.release = release;
    }

    /** The connection that it is written to. */
    record Wire(Response response, Callback callback) {}

    /** Begins to tell the events of a tap, after a first frame. */
    void open(Wire wire, Tap events, byte[] first) {
        Outlet out = new Outlet(wire);
        synchronized (this) {
            tap = events;
            outlet = out;
            prepend(first);
        }
        rounds.join(this);
        out.iterate();
        events.resume();
    }

    @Override
    public boolean offer(WireEvent event) {
        synchronized (this) {
            if (ending) {
                return true;
            }
            if (waitingBytes > bounds.heldBytes()) {
                refused = true;
                return false;
            }
            add(Frames.of(event));
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
            add(last);
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
            add(Frames.heartbeat());
        }
        iterate();
    }

    private void add(byte[] frame) {
        Queue<byte[]> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>(4);
            waiting = queue;
        }
        queue.add(frame);
        waitingBytes += frame.length;
    }

    /** A session may end before its stream is open. */
    private void prepend(byte[] first) {
        Queue<byte[]> later = waiting;
        waiting = null;
        add(first);
        if (later != null) {
            waiting = new ArrayDeque<>(later.size() + 1);
            waiting.add(first);
            waiting.addAll(later);
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
            Tap open;
            synchronized (this) {
                ending = true;
                open = tap;
            }
            rounds.leave(this);
            if (open != null) {
                open.close();
            }
            release.run();
        }
    }

    /** Writes what waits, one piece after the other. */
    private final class Outlet extends IteratingCallback {
        private final Wire wire;
        private @Nullable ByteBuffer frame;
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
                Tap ready = null;
                synchronized (EventStream.this) {
                    piece = next();
                    writing = piece != null || (ending && waiting == null);
                    if (writing) {
                        quietSeconds = 0;
                    } else if (refused) {
                        refused = false;
                        ready = tap;
                    }
                }
                if (piece != null) {
                    wire.response.write(false, piece, this);
                    return Action.SCHEDULED;
                }
                if (ready == null) {
                    return atEnd();
                }
                ready.resume();
            }
        }

        private Action atEnd() {
            boolean end;
            synchronized (EventStream.this) {
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
            if (frame == null || !frame.hasRemaining()) {
                frame = waiting == null ? null : joined(waiting);
                waiting = null;
                waitingBytes = 0;
            }
            if (frame == null) {
                return null;
            }
            int length = Math.min(frame.remaining(), PIECE_BYTES);
            ByteBuffer piece = frame.slice(frame.position(), length);
            frame.position(frame.position() + length);
            return piece;
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

    private static ByteBuffer joined(Queue<byte[]> frames) {
        int length = frames.stream().mapToInt(frame -> frame.length).sum();
        ByteBuffer all = ByteBuffer.allocate(length);
        frames.forEach(all::put);
        return all.flip();
    }
}
