package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one session, read in order, as the wire has them. What an event becomes depends on the log before
 * it and on nothing else, wherever reading begins. Not thread-safe.
 */
public final class EventWriter implements EventTeller {
    /** What a remote Meerkat tells beside events that become these too. */
    private static final Set<String> TOLD_WITH_OTHERS = Set.of(
            "turn_started", "text_complete", "turn_completed", "tool_execution_started", "tool_execution_completed");

    private final ContractLine line;
    private final SessionId session;
    private final TakenInputs taken;
    private final InstantSource clock;
    private final EventPayloads payloads;
    private final InputNotices notices;
    private final Written written;
    private final boolean old;
    private RunMemory memory = new RunMemory(true);
    private EventPayloads.@Nullable Identity identity;

    private EventWriter(ContractLine line, Session session, Inputs inputs, InstantSource clock) {
        this.line = line;
        this.session = session.id();
        this.taken = new TakenInputs(session, inputs);
        this.clock = clock;
        this.payloads = new EventPayloads(line, session.id());
        this.notices = new InputNotices(line, session.id());
        this.written = inputs.written();
        this.old = line.hasOldEvents();
    }

    /** For the events after a cursor; reads what has to be known of those before it. */
    public static EventWriter after(
            Cursor cursor, ContractLine line, Session session, Inputs inputs, InstantSource clock)
            throws InterruptedException {
        return after(cursor, false, line, session, inputs, clock);
    }

    /**
     * The same, for the end of a log.
     *
     * @param quiet whether no input waits, which makes that little
     */
    public static EventWriter after(
            Cursor cursor, boolean quiet, ContractLine line, Session session, Inputs inputs, InstantSource clock)
            throws InterruptedException {
        EventWriter writer = new EventWriter(line, session, inputs, clock);
        writer.memory = RunMemory.before(cursor, session, quiet);
        return writer;
    }

    @Override
    public boolean tells(SessionEvent.InputAdmitted admitted) {
        return !old && admitted.input().body() instanceof InputBody.FromPeer;
    }

    @Override
    public List<WireEvent> write(SessionEvent event) throws InterruptedException {
        if (event instanceof SessionEvent.Live live) {
            return live(live);
        }
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            taken.seen(admitted.input());
        }
        boolean told = event instanceof SessionEvent.ToolCalled called
                && memory.forgetCall(call(
                        called.turnId(), called.call().name(), called.call().arguments()));
        Written.Key key = new Written.Key(session, event.cursor(), told);
        List<WireEvent> known = written.find(key);
        List<WireEvent> events = known != null ? known : written.keep(key, logged(event, told));
        memory.follow(event);
        if (memory.run() == null) {
            identity = null;
        }
        return events;
    }

    private List<WireEvent> logged(SessionEvent event, boolean told) throws InterruptedException {
        EventGroup group = new EventGroup(line, session, event.cursor(), at(event));
        if (memory.beginning() && !(event instanceof SessionEvent.InputStaged)) {
            // A Meerkat that does not tell of inputs.
            begin(group, List.of());
        }
        if (event instanceof SessionEvent.InputAdmitted
                || event instanceof SessionEvent.InputStaged
                || event instanceof SessionEvent.ReplyReceived) {
            input(event, group);
        } else {
            turn(event, group, told);
        }
        return group.events();
    }

    private long at(SessionEvent event) {
        return event instanceof SessionEvent.Logged logged ? logged.at().toEpochMilli() : clock.millis();
    }

    // --- inputs ----------------------------------------------------------------------------------

    private void input(SessionEvent event, EventGroup group) throws InterruptedException {
        if (event instanceof SessionEvent.InputAdmitted admitted && !old) {
            if (admitted.input().body() instanceof InputBody.FromPeer peer) {
                group.logged(CommsNotices.ingested(admitted.input().id(), peer));
            }
        } else if (event instanceof SessionEvent.ReplyReceived replied && !old) {
            group.logged(CommsNotices.ingested(replied.reply()));
        } else if (event instanceof SessionEvent.InputStaged staged) {
            List<AdmittedInput> found = taken.find(staged.inputs());
            if (memory.beginning()) {
                dissolve(group, staged.inputs());
                begin(group, found);
            } else if (!memory.staging() && !old && !found.isEmpty()) {
                group.logged(joined(staged.turnId(), found));
            }
        }
    }

    /** Ends the failed runs whose inputs a new run handles. */
    private void dissolve(EventGroup group, List<InputId> inputs) throws InterruptedException {
        for (RunMemory.Waiting failed : memory.dissolvedBy(inputs)) {
            EventPayloads.Identity known =
                    TakenInputs.identity(failed.run(), line.hasNewEvents() ? taken.find(failed.first()) : List.of());
            group.end(payloads.runFailed(known, failed.code(), failed.message()), failed.run());
        }
    }

    private void begin(EventGroup group, List<AdmittedInput> begunWith) {
        TurnId run = memory.run();
        if (run == null) {
            return;
        }
        EventPayloads.Identity begun = TakenInputs.identity(run, begunWith);
        identity = begun;
        group.logged(payloads.runStarted(begun, RunContent.of(begunWith, notices)));
        group.logged(payloads.turnStarted(run));
    }

    /** Steered inputs joined the run. */
    private ObjectNode joined(TurnId run, List<AdmittedInput> steered) {
        ObjectNode payload = EventPayloads.payload("boundary_append_applied").put("run_id", run.toString());
        payload.put("input_id", steered.get(0).id().toString());
        JsonNode content = RunContent.of(steered, notices);
        payload.set("content", content);
        payload.put("append_count", steered.size());
        return payload.set("notices", notices.rows(run, steered));
    }

    // --- turns -----------------------------------------------------------------------------------

    private void turn(SessionEvent event, EventGroup group, boolean told) throws InterruptedException {
        if (event instanceof SessionEvent.TurnStarted started) {
            started(started, group);
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            completed(completed, group);
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            interrupted(interrupted, group);
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            failed(failed, group);
        } else if (event instanceof SessionEvent.ToolCalled called) {
            called(called, group, told);
        } else if (event instanceof SessionEvent.Unrecognized other) {
            unrecognized(other, group);
        }
    }

    private void started(SessionEvent.TurnStarted started, EventGroup group) {
        if (started.attempt() > 1 && !old) {
            group.logged(payloads.runResumed(started.turnId(), started.attempt()));
        }
    }

    private void completed(SessionEvent.TurnCompleted completed, EventGroup group) throws InterruptedException {
        TurnId run = completed.turnId();
        EventPayloads.Identity known = identity(run);
        group.logged(payloads.textComplete(run, completed.text()));
        Optional<String> stopReason = completed.finishReason().map(StopReasons::of);
        group.logged(payloads.turnCompleted(run, stopReason.orElse(StopReasons.END_TURN), completed.usage()));
        for (InputId input : unprompted(run)) {
            group.beside(payloads.interactionComplete(input, completed.text()));
        }
        group.end(payloads.runCompleted(known, completed.text(), completed.usage(), stopReason), run);
    }

    private void interrupted(SessionEvent.TurnInterrupted interrupted, EventGroup group) throws InterruptedException {
        TurnId run = interrupted.turnId();
        EventPayloads.Identity known = identity(run);
        if (!interrupted.text().isEmpty()) {
            group.logged(payloads.textComplete(run, interrupted.text()));
            group.logged(payloads.turnCompleted(run, "cancelled", Optional.empty()));
        }
        for (InputId input : unprompted(run)) {
            group.beside(payloads.interactionCancelled(input));
        }
        group.end(payloads.runCancelled(known), run);
    }

    private void failed(SessionEvent.TurnFailed failed, EventGroup group) throws InterruptedException {
        TurnId run = failed.turnId();
        if (failed.retryAt().isPresent()) {
            long delay = Math.max(
                    0,
                    failed.retryAt().orElseThrow().toEpochMilli() - failed.at().toEpochMilli());
            group.logged(payloads.retrying(failed.attempt(), failed.message(), delay));
            return;
        }
        EventPayloads.Identity known = identity(run);
        for (InputId input : unprompted(run)) {
            group.beside(payloads.interactionAbandoned(input, failed.message()));
        }
        group.end(payloads.runFailed(known, failed.code(), failed.message()), run);
    }

    private void called(SessionEvent.ToolCalled called, EventGroup group, boolean told) {
        String id = told
                ? liveId(call(
                        called.turnId(), called.call().name(), called.call().arguments()))
                : called.call().key();
        if (told) {
            group.told(2);
        } else {
            group.logged(payloads.toolRequested(
                    id, called.call().name(), called.call().arguments()));
            group.logged(payloads.toolStarted(id, called.call().name()));
        }
        group.logged(payloads.toolCompleted(id, called.call()));
        group.logged(payloads.toolResult(id, called.call()));
    }

    /** An event of a remote Meerkat that the API has no form for: told as it came, if this line knows it. */
    private void unrecognized(SessionEvent.Unrecognized other, EventGroup group) {
        if (!EventTypes.of(line).contains(other.type()) || TOLD_WITH_OTHERS.contains(other.type())) {
            return;
        }
        byte[] raw = other.raw().text().getBytes(StandardCharsets.UTF_8);
        try {
            if (WireJson.read(raw, 0, raw.length) instanceof ObjectNode payload
                    && payload.path("type").asText("").equals(other.type())) {
                group.logged(payload);
            }
        } catch (IOException e) {
            throw new IllegalStateException("a JSON value that cannot be read", e);
        }
    }

    /** What a run took up, without prompts: their end is that of the run. */
    private List<InputId> unprompted(TurnId run) throws InterruptedException {
        return run.equals(memory.run()) ? taken.unprompted(memory.inputs()) : List.of();
    }

    private EventPayloads.Identity identity(TurnId run) throws InterruptedException {
        EventPayloads.Identity known = identity;
        if (known == null || !known.run().equals(run)) {
            boolean open = run.equals(memory.run());
            known = TakenInputs.identity(run, !line.hasNewEvents() || !open ? List.of() : taken.find(memory.first()));
            identity = known;
        }
        return known;
    }

    // --- what is not in the log ------------------------------------------------------------------

    private List<WireEvent> live(SessionEvent.Live event) {
        EventGroup group = new EventGroup(line, session, event.cursor(), clock.millis());
        if (memory.beginning()) {
            begin(group, List.of());
            memory.begun();
        }
        if (event instanceof SessionEvent.TextDelta delta) {
            group.live(payloads.textDelta(delta.turnId(), delta.delta()));
        } else if (event instanceof SessionEvent.ToolCallStarted started) {
            String call = call(started.turnId(), started.name(), started.arguments());
            String id = liveId(call);
            memory.toldCall(call);
            group.live(payloads.toolRequested(id, started.name(), started.arguments()));
            group.live(payloads.toolStarted(id, started.name()));
        } else if (event instanceof SessionEvent.Gap gap) {
            group.notice(payloads.truncated(gap.dropped().orElse(0)));
        }
        return group.events();
    }

    private static String liveId(String call) {
        return "call_" + Integer.toHexString(call.hashCode());
    }

    /** Calls that say the same cannot be told apart before they have ended, and need not be. */
    private static String call(TurnId run, String name, Json arguments) {
        return run + ":" + name + ":" + arguments.text();
    }
}
