package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.methods.Operations.TurnRequest;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.server.internal.wire.SpecReader;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Optional;

/** Begins turns. */
final class Turns {
    private final Meerkat meerkat;
    private final Sessions sessions;
    private final SessionWriter writer;

    Turns(Meerkat meerkat, Sessions sessions, SessionWriter writer) {
        this.meerkat = meerkat;
        this.sessions = sessions;
        this.writer = writer;
    }

    /**
     * Creates a session. Its first turn may begin before the caller is told of the session; what it logs until then is
     * told all the same by a subscription that the caller opens at sequence 0, since such a subscription begins with the log. Only text
     * deltas of that moment are not told, and the whole text follows them.
     */
    void create(SessionSpec spec, boolean copies, Caller caller, Pending<RunEnd> pending) throws InterruptedException {
        pending.checkStart();
        Session session = created(spec, caller, copies);
        SessionId id = session.id();
        Optional<Turn> turn = session.initialTurn();
        if (turn.isEmpty()) {
            pending.complete(new RunEnd.Deferred(id));
        } else if (spec.keepAlive() && caller.surface() == Surface.RPC) {
            pending.complete(new RunEnd.Begun(id));
        } else {
            pending.follow(turn.get(), (outcome, takenBack) -> {
                if (outcome instanceof TurnOutcome.Completed completed) {
                    return new RunEnd.Completed(id, completed);
                }
                WireFault fault = Faults.ofTurn(outcome, takenBack);
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
        boolean handled = session.history(0, Sessions.BEFORE_TURNS).entries().stream()
                .anyMatch(entry -> entry instanceof TranscriptEntry.Input input
                        && !input.input()
                                .id()
                                .equals(session.initialTurn()
                                        .orElseThrow()
                                        .inputId()
                                        .orElse(null)));
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

    /** Begins a turn of a session. */
    void start(TurnRequest request, Caller caller, Pending<RunEnd> pending) throws InterruptedException {
        pending.checkStart();
        Session session = sessions.open(request.locator());
        checkName(request, session);
        if (request.keepAlive().isPresent()) {
            keepAlive(session, request.keepAlive().get());
        }
        caller.engaged(session.id(), false, request.copies());
        Turn turn = session.startTurn(request.prompt());
        pending.follow(turn, (outcome, takenBack) -> {
            if (outcome instanceof TurnOutcome.Completed completed) {
                return new RunEnd.Completed(session.id(), completed);
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

    /** A session keeps its name; a turn may only repeat it. */
    private static void checkName(TurnRequest request, Session session) throws InterruptedException {
        Optional<String> name = request.commsName();
        if (name.isPresent() && !name.equals(session.snapshot().commsName())) {
            throw Faults.unsupportedField(
                    "comms_name", TextNode.valueOf(name.get()), "is another name than that of the session");
        }
    }
}
