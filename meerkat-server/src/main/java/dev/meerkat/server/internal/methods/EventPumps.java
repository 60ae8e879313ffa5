package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.EventTeller;
import dev.meerkat.server.internal.wire.EventWriter;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.Inputs;
import dev.meerkat.server.internal.wire.Sequences;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Opens subscriptions. Those on streams that say when they are ready, which is every stream of a runtime in this JVM, take no
 * thread; of any others, {@value PulledStream#MAX} may be open at one time, which take one each. Thread-safe.
 */
final class EventPumps {
    private final ContractLine line;
    private final Workers workers;
    private final InstantSource clock;
    private final Inputs inputs;
    private final PulledStream.Threads threads = new PulledStream.Threads();

    EventPumps(ContractLine line, Workers workers, InstantSource clock, Inputs inputs) {
        this.line = line;
        this.workers = workers;
        this.clock = clock;
        this.inputs = inputs;
    }

    /**
     * Opens a subscription, not started.
     *
     * @param after the sequence after which to begin, 0 for the whole log, {@link Calls#LIVE} or {@link Calls#END}
     * @throws WireFault if nothing more will come of an archived session, the sequence is ahead of the log, or too many subscriptions
     *     take threads
     */
    EventSubscription open(Session session, long after, EventSink sink) throws InterruptedException {
        SessionSnapshot snapshot = session.snapshot();
        if (after == Calls.LIVE && snapshot.state() == SessionSnapshot.State.ARCHIVED) {
            throw Faults.of(new SessionArchivedException(session.id()));
        }
        Cursor last = snapshot.lastCursor().orElse(Cursor.START);
        boolean atEnd = after == Calls.LIVE || after == Calls.END;
        if (atEnd && snapshot.lastCursor().isEmpty()) {
            return withoutLog(session, snapshot, sink);
        }
        if (after > Sequences.after(last)) {
            throw Faults.aheadOfLog(after, Sequences.after(last));
        }
        long told = atEnd ? Sequences.after(last) : after;
        Cursor from = Sequences.readAfter(told);
        if (snapshot.state() == SessionSnapshot.State.ARCHIVED && from.equals(last)) {
            // The stream ends when it reads of the end, so it has to read that again.
            from = new Cursor(last.sequence() - 1);
        }
        EventWriter writer = EventWriter.after(from, atEnd && isQuiet(snapshot), line, session, inputs, clock);
        EventPump.Start start = new EventPump.Start(session.id(), snapshot.messageCount(), OptionalLong.of(told));
        return subscription(start, session.events(from), writer, sink);
    }

    /**
     * Subscribes to the whole log as it is, not started.
     *
     * @param after the cursor after which to begin, or a negative number for what comes from now on
     */
    EventSubscription openWhole(Session session, long after, EventSink sink) throws InterruptedException {
        EventStream stream = after < 0 ? session.eventsFromNow() : session.events(new Cursor(after));
        OptionalLong told = after < 0 ? OptionalLong.empty() : OptionalLong.of(after);
        EventPump.Start start =
                new EventPump.Start(session.id(), session.snapshot().messageCount(), told);
        return subscription(start, stream, new ApiEvents(), sink);
    }

    private static boolean isQuiet(SessionSnapshot snapshot) {
        return snapshot.waitingComms().equals(OptionalLong.of(0))
                && snapshot.waitingExternal().equals(OptionalLong.of(0));
    }

    /** On a Meerkat that does not tell where its log ends, if it has one. */
    private EventSubscription withoutLog(Session session, SessionSnapshot snapshot, EventSink sink)
            throws InterruptedException {
        EventWriter writer = EventWriter.after(Cursor.START, line, session, inputs, clock);
        EventPump.Start start = new EventPump.Start(session.id(), snapshot.messageCount(), OptionalLong.empty());
        return subscription(start, session.eventsFromNow(), writer, sink);
    }

    private EventSubscription subscription(
            EventPump.Start start, EventStream stream, EventTeller teller, EventSink sink) {
        ReadyEventStream ready = stream instanceof ReadyEventStream self ? self : threads.pull(stream);
        return new EventPump(start, ready, teller, sink, workers);
    }

    /** The whole log as it is, in the public form of the API: for this project's client. */
    private static final class ApiEvents implements EventTeller {
        @Override
        public List<WireEvent> write(SessionEvent event) {
            ObjectNode envelope = ApiCall.write(out -> ValueForm.write(out, event));
            boolean logged = !(event instanceof SessionEvent.Live);
            return List.of(
                    new WireEvent(event.cursor().sequence(), logged, event.getType(), envelope, Optional.empty()));
        }

        @Override
        public boolean tells(SessionEvent.InputAdmitted admitted) {
            return true;
        }
    }
}
