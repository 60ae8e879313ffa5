package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.server.internal.wire.SpecReader;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What begins and stops turns. */
final class TurnMethods {
    /** Entries of a transcript that are looked at for a first turn. */
    private static final int BEFORE_TURNS = 100;

    private final Meerkat meerkat;
    private final String realm;
    private final Sessions sessions;
    private final ContractLine line;
    private final SessionWriter writer;

    TurnMethods(Meerkat meerkat, String realm, Sessions sessions, ContractLine line, SessionWriter writer) {
        this.meerkat = meerkat;
        this.realm = realm;
        this.sessions = sessions;
        this.line = line;
        this.writer = writer;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("session/create", this::create);
        methods.put("turn/start", this::start);
        methods.put("turn/interrupt", Method.direct(this::interrupt));
        if (line.hasInputStatus()) {
            methods.put("turn/stop_run", Method.direct(this::stopRun));
        }
    }

    /**
     * Creates a session. Its first turn may begin before the caller is told of the session; what it logs until then is
     * told all the same by a tap that the caller opens at sequence 0, since such a tap begins with the log. Only text
     * deltas of that moment are not told, and the whole text follows them.
     */
    private void create(Params params, Caller caller, Pending pending) throws InterruptedException {
        pending.checkStart();
        boolean copies = params.optionalFlag("session_events").orElse(true);
        KnownFields.checkCreate(params, caller.surface() == Surface.RPC);
        SessionSpec spec = SpecReader.read(params, realm);
        Session session = created(spec, caller, copies);
        SessionId id = session.id();
        Optional<Turn> turn = session.initialTurn();
        if (turn.isEmpty()) {
            pending.complete(writer.reference(id));
        } else if (spec.keepAlive() && caller.surface() == Surface.RPC) {
            pending.complete(writer.begun(id));
        } else {
            pending.follow(turn.get(), (outcome, takenBack) -> {
                WireFault fault = outcome instanceof TurnOutcome.Completed ? null : Faults.ofTurn(outcome, takenBack);
                if (fault == null) {
                    return writer.completed(id, (TurnOutcome.Completed) outcome);
                }
                if (takenBack && outcome instanceof TurnOutcome.Interrupted) {
                    if (spec.commsName().isEmpty()) {
                        pending.soon(() -> archiveUnused(session));
                        throw fault;
                    }
                    // Others know it by its name, and may have sent something that must not be lost.
                    throw Faults.cancelledButCreated(fault, writer.reference(id));
                }
                throw outcome instanceof TurnOutcome.Interrupted ? fault : created(fault, id, caller.surface());
            });
        }
    }

    private Session created(SessionSpec spec, Caller caller, boolean copies) throws InterruptedException {
        Runnable over = caller.creating();
        try {
            Session session = meerkat.create(spec);
            caller.engaged(session.id(), true, copies);
            return session;
        } finally {
            over.run();
        }
    }

    /** Archives a session whose caller has taken it back, unless somebody else has found it and sent something. */
    private static void archiveUnused(Session session) throws InterruptedException {
        SessionSnapshot snapshot = session.snapshot();
        boolean waits =
                snapshot.waitingComms().orElse(0) + snapshot.waitingExternal().orElse(0) > 0;
        boolean handled = session.history(0, BEFORE_TURNS).entries().stream()
                .anyMatch(entry -> entry instanceof TranscriptEntry.Input input
                        && !input.input()
                                .id()
                                .equals(session.initialTurn().orElseThrow().inputId()));
        if (!waits && !handled) {
            session.archive();
        }
    }

    /** Over REST the error names the session, which is there in spite of its first turn. */
    private WireFault created(WireFault fault, SessionId id, Surface surface) {
        if (surface == Surface.RPC) {
            return fault;
        }
        ObjectNode details = writer.reference(id).put("session_created", true).put("resumable", true);
        Optional.ofNullable(fault.data()).ifPresent(details::setAll);
        boolean rest = surface == Surface.REST;
        return fault.as(rest ? ErrorCode.SESSION_CREATED_WITH_TURN_FAILURE : fault.code(), details);
    }

    private void start(Params params, Caller caller, Pending pending) throws InterruptedException {
        pending.checkStart();
        if (caller.surface() == Surface.RPC) {
            KnownFields.checkTurn(params, line);
        }
        KnownFields.checkOverrides(params, line.turnsBringSystemPrompts());
        String locator = params.text("session_id");
        InputBody.Prompt prompt = SpecReader.turn(params);
        boolean copies = params.optionalFlag("session_events").orElse(true);
        Session session = sessions.open(locator);
        checkName(params, session);
        Optional<Boolean> keepAlive = params.optionalFlag("keep_alive");
        if (keepAlive.isPresent()) {
            keepAlive(session, keepAlive.get());
        }
        caller.engaged(session.id(), false, copies);
        Turn turn = session.startTurn(prompt);
        pending.follow(turn, (outcome, takenBack) -> {
            if (outcome instanceof TurnOutcome.Completed completed) {
                return writer.completed(session.id(), completed);
            }
            throw Faults.ofTurn(outcome, takenBack);
        });
    }

    private static void keepAlive(Session session, boolean keepAlive) throws InterruptedException {
        SessionSnapshot snapshot = session.snapshot();
        if (keepAlive && snapshot.commsName().isEmpty()) {
            throw SpecReader.keepAliveNeedsName();
        }
        if (keepAlive != snapshot.keepAlive()) {
            session.changeKeepAlive(keepAlive);
        }
    }

    private ObjectNode interrupt(Params params, Caller caller) throws InterruptedException {
        Session session = sessions.open(params.text("session_id"));
        InterruptOutcome outcome = session.interrupt();
        boolean neverStarted = outcome instanceof InterruptOutcome.Idle && neverStarted(session);
        return line.tellsInterrupted()
                ? WireJson.object()
                        .put("session_id", session.id().toString())
                        .put("interrupted", !neverStarted)
                        .put("result", neverStarted ? "staged_noop" : "interrupted")
                : WireJson.object().put("interrupted", true);
    }

    private ObjectNode stopRun(Params params, Caller caller) throws InterruptedException {
        params.only(Set.of("session_id", "run_id", "reason"));
        String locator = params.text("session_id");
        TurnId run = TurnId.of(params.text("run_id"));
        String unused = params.text("reason");
        Session session = sessions.open(locator);
        InterruptOutcome outcome = session.interrupt(run);
        ObjectNode answer = WireJson.object().put("session_id", session.id().toString());
        ObjectNode receipt = answer.putObject("receipt").put("run_id", run.toString());
        if (outcome instanceof InterruptOutcome.Idle) {
            receipt.put("outcome", "not_current");
            live(session).runningTurn().ifPresent(current -> receipt.put("current_run_id", current.toString()));
        } else {
            receipt.put("outcome", "stopped").putArray("contributors");
        }
        return answer;
    }

    /** A session keeps its name; a turn may only repeat it. */
    private static void checkName(Params params, Session session) throws InterruptedException {
        Optional<String> name = params.optionalText("comms_name");
        if (name.isPresent() && !name.equals(session.snapshot().commsName())) {
            throw Faults.unsupportedField(
                    "comms_name", params.node("comms_name"), "is another name than that of the session");
        }
    }

    /** Before its first turn, a session has no more than what it is told of itself. */
    private static boolean neverStarted(Session session) throws InterruptedException {
        return live(session).messageCount() <= BEFORE_TURNS
                && session.history(0, BEFORE_TURNS).entries().stream()
                        .allMatch(TranscriptEntry.SystemPrompt.class::isInstance);
    }

    private static SessionSnapshot live(Session session) throws InterruptedException {
        SessionSnapshot snapshot = session.snapshot();
        if (snapshot.state() == SessionSnapshot.State.ARCHIVED) {
            throw new SessionArchivedException(session.id());
        }
        return snapshot;
    }
}
