package dev.meerkat.server.internal.methods;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.StagedIngress;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.SerialExecutor;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.ContractLine;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What the surfaces do with one Meerkat, in values of the API: each surface reads what a client asks and writes the result
 * in its own form. A session is named by a locator, an id or {@code realm:id}. What does not return a {@link PendingCall}
 * may wait, and is called on a worker ({@link #start}). Thread-safe.
 */
public final class Operations {
    private static final int DEFAULT_SESSIONS = 100;
    /** Where a contract line has no limit. */
    private static final int MOST_SESSIONS = 10_000;

    private static final int MAX_OFFSET = 1_000_000;

    private final Meerkat meerkat;
    private final String realm;
    private final ContractLine line;
    private final Workers workers;
    private final SerialExecutor answers;
    private final Sessions sessions;
    private final InputSearch inputs;
    private final Turns turns;
    private final HealthCheck check;

    Operations(Meerkat meerkat, String realm, ContractLine line, Workers workers, Clock clock, Sessions sessions) {
        this.meerkat = meerkat;
        this.realm = realm;
        this.line = line;
        this.workers = workers;
        this.answers = new SerialExecutor(workers);
        this.sessions = sessions;
        this.inputs = new InputSearch(clock);
        this.turns = new Turns(meerkat, sessions, new SessionWriter(realm, line));
        // A Meerkat elsewhere says itself how it is.
        this.check = meerkat instanceof HealthCheck own ? own : () -> Health.OK;
    }

    /** What a call does. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it; may wait. */
        T run() throws InterruptedException;
    }

    /**
     * A session as it is now.
     *
     * @param snapshot the session
     * @param updated when something was last added to its transcript, or when it was created
     */
    public record SessionView(SessionSnapshot snapshot, Instant updated) {}

    /**
     * What became of an interruption.
     *
     * @param session the session
     * @param neverStarted whether it has had no turn yet
     */
    public record Interruption(SessionId session, boolean neverStarted) {}

    /**
     * What became of a run that was to stop.
     *
     * @param session the session
     * @param stopped whether it was the current one
     * @param current the run that is the current one instead
     */
    public record StoppedRun(SessionId session, boolean stopped, Optional<TurnId> current) {}

    /**
     * A session that was to go on.
     *
     * @param session the session
     * @param unparked whether it was parked
     */
    public record Unparked(SessionId session, boolean unparked) {}

    /**
     * How far an input got.
     *
     * @param status where it is
     * @param admittedAt when it came
     */
    public record FoundInput(InputStatus status, Instant admittedAt) {}

    /**
     * A turn that is to begin.
     *
     * @param locator the session
     * @param prompt what it begins with
     * @param commsName the name that the session must have, or empty
     * @param keepAlive whether the session is to be kept alive from now on; empty to leave that as it is
     * @param copies whether the caller wants copies of the events that follow
     */
    public record TurnRequest(
            String locator,
            InputBody.Prompt prompt,
            Optional<String> commsName,
            Optional<Boolean> keepAlive,
            boolean copies) {}

    /** The realm that is served. */
    public String realm() {
        return realm;
    }

    /** Starts what may wait, on a worker; never throws. */
    public <T> PendingCall<T> start(Work<T> work) {
        Pending<T> pending = pending();
        pending.runOn(workers, () -> pending.complete(work.run()));
        return pending;
    }

    /** Starts what may read much, of which only little is done at once; never throws. */
    public <T> PendingCall<T> startReading(Work<T> work) {
        Pending<T> pending = pending();
        pending.runOn(workers::executeRead, () -> pending.complete(work.run()));
        return pending;
    }

    <T> Pending<T> pending() {
        return new Pending<>(workers, answers);
    }

    /** How the Meerkat is. Waits for nothing. */
    public Health health() {
        return check.health();
    }

    /** Reads a session. */
    public SessionView read(String locator) throws InterruptedException {
        return read(sessions.open(locator));
    }

    SessionView read(Session session) throws InterruptedException {
        SessionSnapshot snapshot = line.readsArchived() ? session.snapshot() : Sessions.live(session);
        return new SessionView(snapshot, Sessions.updated(session, snapshot));
    }

    /** Reads a session that is not archived. */
    public SessionSnapshot readLive(String locator) throws InterruptedException {
        return Sessions.live(sessions.open(locator));
    }

    /** Sessions of this realm that are not archived. */
    public List<SessionView> list(Map<String, String> labels, Optional<Long> offset, Optional<Long> limit)
            throws InterruptedException {
        int most = line.listsAllSessions()
                ? (int) Math.min(MOST_SESSIONS, limit.orElse((long) MOST_SESSIONS))
                : bounded("limit", limit, DEFAULT_SESSIONS, Limits.PAGE_ROWS);
        int from = bounded("offset", offset, 0, MAX_OFFSET);
        List<SessionView> views = new ArrayList<>();
        for (SessionSnapshot session : sessions.list(labels, from, most)) {
            views.add(new SessionView(session, Sessions.updated(meerkat.open(session.id()), session)));
        }
        return views;
    }

    private static int bounded(String field, Optional<Long> given, int absent, int max) {
        long value = given.orElse((long) absent);
        if (value > max) {
            throw Faults.badRequest(field + " " + value + " exceeds the RPC collection maximum of " + max);
        }
        return (int) value;
    }

    /** Creates a session. */
    public PendingCall<RunEnd> create(SessionSpec spec, boolean copies, Caller caller) {
        Pending<RunEnd> pending = pending();
        pending.runOn(workers, () -> turns.create(spec, copies, caller, pending));
        return pending;
    }

    /** Begins a turn. */
    public PendingCall<RunEnd> startTurn(TurnRequest request, Caller caller) {
        Pending<RunEnd> pending = pending();
        pending.runOn(workers, () -> turns.start(request, caller, pending));
        return pending;
    }

    /** Archives a session. */
    public SessionId archive(String locator) throws InterruptedException {
        Session session = sessions.open(locator);
        session.archive();
        return session.id();
    }

    /** Interrupts what a session does now. */
    public Interruption interrupt(String locator) throws InterruptedException {
        Session session = sessions.open(locator);
        InterruptOutcome outcome = session.interrupt();
        return new Interruption(
                session.id(), outcome instanceof InterruptOutcome.Idle && Sessions.neverStarted(session));
    }

    /** Stops a run, unless it is not the current one. */
    public StoppedRun stopRun(String locator, TurnId run) throws InterruptedException {
        Session session = sessions.open(locator);
        return session.interrupt(run) instanceof InterruptOutcome.Idle
                ? new StoppedRun(session.id(), false, Sessions.live(session).runningTurn())
                : new StoppedRun(session.id(), true, Optional.empty());
    }

    /** Adds a note to what a session knows; false if it has it already. */
    public boolean injectContext(String locator, ContextNote note) throws InterruptedException {
        Session session = sessions.open(locator);
        try {
            return session.injectContext(note);
        } catch (NotDoneException e) {
            throw e.code().equals("input_idempotency_conflict")
                    ? Faults.contextConflict(note.idempotencyKey().orElse(""))
                    : e;
        }
    }

    /** Sends an external event. Holds no worker while the store writes, so that it can group as many as come. */
    public PendingCall<EventOutcome> sendExternalEvent(String locator, ExternalEvent event) {
        Pending<EventOutcome> pending = pending();
        Executor executor = sessions.isAtHand(locator) ? Runnable::run : workers;
        pending.runOn(executor, () -> {
            Session session = sessions.open(locator);
            if (session instanceof StagedIngress staged) {
                pending.complete(staged.admit(event));
            } else {
                pending.complete(session.sendExternalEvent(event));
            }
        });
        return pending;
    }

    /** Brings the answer of a peer. */
    public EventOutcome deliverPeerAnswer(String locator, PeerAnswer answer) throws InterruptedException {
        return sessions.open(locator).deliverPeerAnswer(answer);
    }

    /** How far an input got; empty if there is none. */
    public Optional<FoundInput> inputStatus(String locator, InputId input) throws InterruptedException {
        return inputs.find(sessions.open(locator), input);
    }

    /** The same of the external event with a key. */
    public Optional<FoundInput> inputStatus(String locator, String key) throws InterruptedException {
        return inputs.find(sessions.open(locator), key);
    }

    /** A session that is to be told something, or asked. */
    public Session session(String locator) throws InterruptedException {
        return sessions.open(locator);
    }

    /** Gives a dead letter another try. */
    public SessionId redrive(String locator, InputId input) throws InterruptedException {
        Session session = sessions.open(locator);
        session.redrive(input);
        return session.id();
    }

    /** Gives a dead letter up. */
    public SessionId discard(String locator, InputId input) throws InterruptedException {
        Session session = sessions.open(locator);
        session.discard(input);
        return session.id();
    }

    /** Lets a parked session go on. */
    public Unparked unpark(String locator) throws InterruptedException {
        Session session = sessions.open(locator);
        return new Unparked(session.id(), session.unpark());
    }
}
