package dev.meerkat.server.internal.methods;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.EventTeller;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription that a pump on the workers drives: one at a time, only while there is something to tell and the sink takes it.
 * What the sink has no room for waits in the log; live events wait in the stream, which counts those that it drops.
 */
final class EventPump implements EventSubscription {
    private static final Logger LOG = LoggerFactory.getLogger(EventPump.class);

    /** Then other subscriptions get the thread. */
    private static final int EVENTS_PER_TASK = 64;

    private static final Duration BUSY = Duration.ofMillis(20);

    private final Start start;
    private final ReadyEventStream stream;
    private final EventTeller teller;
    private final long told;
    private final EventSink sink;
    private final Workers workers;

    /** What the event that was read last became; touched by the pump only. */
    private final Queue<WireEvent> pending = new ArrayDeque<>(4);

    // Guarded by this object's monitor, which is never held while calling out.
    private Pump pump = Pump.HELD;
    private boolean wanted;
    private boolean closed;

    private enum Pump {
        /** None, until the stream is ready or was never begun. */
        NONE,
        /** None, because the sink has no room, or did not begin. */
        HELD,
        /** One runs, or waits for a thread. */
        ACTIVE
    }

    /**
     * Where a subscription begins.
     *
     * @param messages entries of the session's transcript
     * @param told up to which sequence the reader knows all; empty if its Meerkat has no log
     */
    record Start(SessionId session, long messages, OptionalLong told) {}

    /** A subscription, not begun. */
    EventPump(Start start, ReadyEventStream stream, EventTeller teller, EventSink sink, Workers workers) {
        this.start = start;
        this.stream = stream;
        this.teller = teller;
        this.told = start.told().orElse(0);
        this.sink = sink;
        this.workers = workers;
    }

    @Override
    public SessionId session() {
        return start.session();
    }

    @Override
    public long messages() {
        return start.messages();
    }

    @Override
    public OptionalLong begin() {
        return start.told();
    }

    @Override
    public void resume() {
        if (activate(true)) {
            dispatch();
        }
    }

    /** The stream has something. */
    private void ready() {
        if (activate(false)) {
            dispatch();
        }
    }

    private synchronized boolean activate(boolean room) {
        if (closed || (pump == Pump.HELD && !room)) {
            return false;
        }
        if (pump == Pump.ACTIVE) {
            wanted = true;
            return false;
        }
        pump = Pump.ACTIVE;
        return true;
    }

    private void dispatch() {
        try {
            workers.executeEvents(this::pump);
        } catch (RejectedExecutionException full) {
            try {
                ScheduledFuture<?> unused = workers.schedule(this::dispatch, BUSY);
            } catch (RejectedExecutionException stopped) {
                end(null);
            }
        }
    }

    private void pump() {
        try {
            for (int i = 0; i < EVENTS_PER_TASK; i++) {
                if (isClosed()) {
                    return;
                }
                if (pending.isEmpty() && !sink.hasRoom()) {
                    stream.rest();
                    if (rest(Pump.HELD)) {
                        return;
                    }
                } else if (pending.isEmpty() && !read()) {
                    if (stream.ended()) {
                        end(null);
                        return;
                    }
                    if (rest(Pump.NONE)) {
                        stream.whenReady(this::ready, teller::tells);
                        return;
                    }
                } else if (!pending.isEmpty() && !tell() && rest(Pump.HELD)) {
                    return;
                }
            }
            dispatch();
        } catch (MeerkatClosedException e) {
            end(null);
        } catch (InterruptedException e) {
            // Only the end of the server interrupts its workers.
            Thread.currentThread().interrupt();
            end(null);
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "session {}: its events cannot be told on: {}",
                    start.session(),
                    e.getClass().getName());
            LOG.debug("session {}: its events cannot be told on", start.session(), e);
            end(Faults.of(e));
        }
    }

    /** Reads an event; false if there is none. */
    private boolean read() throws InterruptedException {
        Optional<SessionEvent> event = stream.next(Duration.ZERO);
        if (event.isEmpty()) {
            return false;
        }
        for (WireEvent written : teller.write(event.get())) {
            boolean known = written.logged() ? written.sequence() <= told : written.sequence() < told;
            if (!known) {
                pending.add(written);
            }
        }
        return true;
    }

    /** Tells the next event; false if the sink has no room for it. */
    private boolean tell() {
        WireEvent next = pending.element();
        if (!sink.offer(next)) {
            return false;
        }
        pending.remove();
        return true;
    }

    /** Ends the pump, unless it was wanted meanwhile. */
    private synchronized boolean rest(Pump state) {
        if (wanted) {
            wanted = false;
            return false;
        }
        pump = state;
        return true;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** By the pump only. */
    private void end(@Nullable WireFault error) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        stream.close();
        sink.ended(error);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        stream.close();
    }
}
