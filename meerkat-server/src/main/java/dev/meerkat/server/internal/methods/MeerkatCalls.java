package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.TurnId;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.methods.Operations.FoundInput;
import dev.meerkat.server.internal.methods.Operations.Interruption;
import dev.meerkat.server.internal.methods.Operations.SessionView;
import dev.meerkat.server.internal.methods.Operations.StoppedRun;
import dev.meerkat.server.internal.methods.Operations.TurnRequest;
import dev.meerkat.server.internal.methods.Operations.Unparked;
import dev.meerkat.server.internal.wire.DeadLetterWriter;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.server.internal.wire.Inputs;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.server.internal.wire.SpecReader;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calls of JSON-RPC on one Meerkat: reads their parameters and writes their results, of which the wire has one form. */
public final class MeerkatCalls implements Calls {
    private static final String SESSION = "session_id";
    private static final String INPUT = "input_id";

    /** What connections carry out themselves, and {@code initialize} lists all the same. */
    private static final List<String> OF_CONNECTIONS =
            List.of("initialized", "tools/register", "session/stream_open", "session/stream_close");

    private final ContractLine line;
    private final Clock clock;
    private final Sessions sessions;
    private final Operations operations;
    private final WirePages pages;
    private final SessionWriter writer;
    private final HostWriter host;
    private final CommsMethods comms;
    private final EventPumps subscriptions;
    private final Map<String, Method> methods = new LinkedHashMap<>();
    private final Set<String> listed = new LinkedHashSet<>();

    /**
     * Calls on the sessions of one realm of a Meerkat.
     *
     * @param extended whether this project's client finds calls beside the contract
     */
    public MeerkatCalls(
            Meerkat meerkat, String realm, ContractLine line, ServerLimits limits, Workers workers, boolean extended) {
        this(meerkat, realm, line, limits, workers, extended, Clock.systemUTC());
    }

    MeerkatCalls(
            Meerkat meerkat,
            String realm,
            ContractLine line,
            ServerLimits limits,
            Workers workers,
            boolean extended,
            Clock clock) {
        this.line = line;
        this.clock = clock;
        sessions = new Sessions(meerkat, realm);
        operations = new Operations(meerkat, realm, line, workers, clock, sessions);
        writer = new SessionWriter(realm, line);
        Inputs inputs = new Inputs();
        subscriptions = new EventPumps(line, workers, clock, inputs);
        EventMethods events = new EventMethods(line, clock, inputs, this::row);
        DeadLetterPages letters = new DeadLetterPages(meerkat, sessions, new DeadLetterWriter(line));
        pages = new WirePages(sessions, new HistoryMethod(line), events, letters);
        host = new HostWriter(line, meerkat.capabilities(), realm, extended, operations::health);
        comms = new CommsMethods(sessions, line);
        addHost();
        addTurns();
        addSessions();
        methods.put("comms/send", this::send);
        methods.put(
                "comms/peers",
                (params, caller) -> peers(params.only(Set.of(SESSION)).text(SESSION), caller));
        addInputs();
        if (meerkat.capabilities().has(Capability.DEAD_LETTERS)) {
            addDeadLetters();
        }
        if (meerkat.capabilities().has(Capability.SCHEDULES)) {
            addSchedules();
        }
        addLogs(events);
        listed.addAll(methods.keySet());
        listed.addAll(OF_CONNECTIONS);
        if (extended) {
            new ApiMethods(meerkat, operations, sessions, letters, workers)
                    .calls()
                    .forEach((name, call) -> methods.put(name, call::apply));
        }
    }

    /** Carries out the calls of one method. */
    @FunctionalInterface
    private interface Method {
        /** Starts a call, or throws what is wrong with it. */
        PendingCall<ObjectNode> start(Params params, Caller caller);
    }

    /** A method that answers at once. */
    @FunctionalInterface
    private interface Direct {
        ObjectNode answer(Params params, Caller caller) throws InterruptedException;
    }

    private void direct(String name, Direct method) {
        methods.put(name, (params, caller) -> operations.start(() -> method.answer(params, caller)));
    }

    private void reading(String name, Direct method) {
        methods.put(name, (params, caller) -> operations.startReading(() -> method.answer(params, caller)));
    }

    /** What this server is; none of these has parameters, and all ignore what they are given. */
    private void addHost() {
        direct("initialize", (params, caller) -> host.hello(listed));
        direct("capabilities/get", (params, caller) -> host.capabilities());
        direct("runtime/host_info", (params, caller) -> host.info());
        direct("runtime/capabilities", (params, caller) -> host.features());
        direct("runtime/health", (params, caller) -> host.health());
    }

    private void addTurns() {
        methods.put("session/create", (params, caller) -> create(params, caller).as(writer::run));
        methods.put("turn/start", (params, caller) -> startTurn(params, caller).as(writer::run));
        direct("turn/interrupt", (params, caller) -> {
            Interruption done = operations.interrupt(params.text(SESSION));
            return writer.interrupted(done.session(), done.neverStarted());
        });
        if (line.hasInputStatus()) {
            direct("turn/stop_run", this::stopRun);
        }
    }

    @Override
    public PendingCall<RunEnd> create(Params params, Caller caller) {
        boolean copies = params.optionalFlag("session_events").orElse(true);
        KnownFields.checkCreate(params, caller.surface() == Surface.RPC);
        return operations.create(SpecReader.read(params, operations.realm()), copies, caller);
    }

    @Override
    public PendingCall<RunEnd> startTurn(Params params, Caller caller) {
        if (caller.surface() == Surface.RPC) {
            KnownFields.checkTurn(params, line);
        }
        KnownFields.checkOverrides(params, line.turnsBringSystemPrompts());
        TurnRequest request = new TurnRequest(
                params.text(SESSION),
                SpecReader.turn(params),
                params.optionalText("comms_name"),
                params.optionalFlag("keep_alive"),
                params.optionalFlag("session_events").orElse(true));
        return operations.startTurn(request, caller);
    }

    private ObjectNode stopRun(Params params, Caller caller) throws InterruptedException {
        params.only(Set.of(SESSION, "run_id", "reason"));
        String locator = params.text(SESSION);
        TurnId run = TurnId.of(params.text("run_id"));
        String unused = params.text("reason");
        StoppedRun done = operations.stopRun(locator, run);
        return SessionWriter.stopped(done.session(), run, done.stopped(), done.current());
    }

    private void addSessions() {
        direct("session/list", (params, caller) -> {
            ObjectNode answer = WireJson.object();
            ArrayNode rows = answer.putArray("sessions");
            operations
                    .list(params.texts("labels"), params.optionalCount("offset"), params.optionalCount("limit"))
                    .forEach(view -> rows.add(writer.row(view.snapshot(), view.updated())));
            return answer;
        });
        direct("session/read", (params, caller) -> {
            SessionView view = operations.read(params.text(SESSION));
            return writer.read(view.snapshot(), view.updated());
        });
        direct("session/archive", (params, caller) -> {
            SessionId unused = operations.archive(params.text(SESSION));
            return WireJson.object().put("archived", true);
        });
    }

    private ObjectNode row(Session session) throws InterruptedException {
        SessionView view = operations.read(session);
        return writer.read(view.snapshot(), view.updated());
    }

    @Override
    public PendingCall<ObjectNode> send(Params params, Caller caller) {
        return operations.start(() -> comms.send(params, caller));
    }

    @Override
    public PendingCall<ObjectNode> peers(String session, Caller caller) {
        return operations.start(() -> comms.peers(session, caller));
    }

    @Override
    public HostWriter host() {
        return host;
    }

    private void addInputs() {
        methods.put(
                "session/external_event",
                (params, caller) -> operations
                        .sendExternalEvent(params.text(SESSION), InputReader.event(params))
                        .as(outcome -> InputWriter.outcome(outcome, clock.instant())));
        direct("session/peer_response_terminal", (params, caller) -> {
            String locator = params.text(SESSION);
            return InputWriter.outcome(
                    operations.deliverPeerAnswer(locator, InputReader.answer(params)), clock.instant());
        });
        direct("session/inject_context", (params, caller) -> {
            String locator = params.text(SESSION);
            boolean added = operations.injectContext(locator, InputReader.note(params, line));
            return WireJson.object().put("status", InputWriter.context(added, line));
        });
        if (line.hasInputStatus()) {
            direct("session/input_status", this::inputStatus);
        }
    }

    private ObjectNode inputStatus(Params params, Caller caller) throws InterruptedException {
        params.only(Set.of(SESSION, "selector"));
        Params selector = params.object("selector").only(Set.of("by", "value"));
        String by = selector.oneOf("by", Set.of(INPUT, "idempotency_key")).orElseThrow(() -> selector.missing("by"));
        String value = selector.text("value");
        String locator = params.text(SESSION);
        Optional<FoundInput> found = by.equals(INPUT)
                ? operations.inputStatus(locator, InputId.of(value))
                : operations.inputStatus(locator, value);
        return found.isEmpty()
                ? WireJson.object()
                : InputWriter.status(found.get().status(), found.get().admittedAt());
    }

    private void addDeadLetters() {
        direct("dead_letters/list", (params, caller) -> {
            params.only(Set.of("offset", "limit"));
            return pages.deadLetters(params.optionalCount("offset"), params.optionalCount("limit"));
        });
        direct("session/dead_letters", (params, caller) -> {
            params.only(Set.of(SESSION, "offset", "limit"));
            return pages.deadLetters(
                    params.text(SESSION), params.optionalCount("offset"), params.optionalCount("limit"));
        });
        direct("session/redrive", (params, caller) -> {
            InputId input = input(params);
            return InputWriter.ofInput(operations.redrive(params.text(SESSION), input), input)
                    .put("redriven", true);
        });
        direct("session/discard", (params, caller) -> {
            InputId input = input(params);
            return InputWriter.ofInput(operations.discard(params.text(SESSION), input), input)
                    .put("discarded", true);
        });
        direct("session/unpark", (params, caller) -> {
            Unparked done = operations.unpark(params.only(Set.of(SESSION)).text(SESSION));
            return WireJson.object().put(SESSION, done.session().toString()).put("unparked", done.unparked());
        });
    }

    private void addSchedules() {
        ScheduleCalls schedules = new ScheduleCalls(operations);
        direct("session/schedule", (params, caller) -> schedules.later(params).run());
        direct("session/schedules", (params, caller) -> schedules.list(params).run());
        direct(
                "session/cancel_schedule",
                (params, caller) -> schedules.cancel(params).run());
    }

    private static InputId input(Params params) {
        return InputId.of(params.only(Set.of(SESSION, INPUT)).text(INPUT));
    }

    private void addLogs(EventMethods events) {
        reading(
                "session/history",
                (params, caller) -> pages.history(
                        params.text(SESSION),
                        params.optionalCount("offset"),
                        params.optionalCount("limit"),
                        line.boundsHistory() || params.tree().has("limit")));
        reading("events/latest_cursor", scoped(events::latestCursor));
        reading("events/list_since", scoped(events::listSince));
        reading("events/snapshot", scoped(events::snapshot));
    }

    /** Reads of a session. */
    @FunctionalInterface
    private interface Reading {
        ObjectNode answer(ObjectNode params, Session session) throws InterruptedException;
    }

    /** The log of a session is named by a scope, of which there is no other kind here. */
    private Direct scoped(Reading reading) {
        return (params, caller) -> {
            Params scope = params.object("scope");
            if (!scope.text("type").equals("session")) {
                throw scope.wrong("type", scope.node("type"), "must be session");
            }
            return reading.answer(params.tree(), sessions.open(scope.text(SESSION)));
        };
    }

    @Override
    public ContractLine line() {
        return line;
    }

    @Override
    public Operations operations() {
        return operations;
    }

    @Override
    public WirePages pages() {
        return pages;
    }

    @Override
    public Set<String> methods() {
        return Collections.unmodifiableSet(listed);
    }

    @Override
    public PendingCall<ObjectNode> start(String method, ObjectNode params, Caller caller) {
        TraceContext.Scope scope =
                TraceContext.enter(trace(params).or(TraceContext::current).orElse(null));
        try {
            Method known = methods.get(method);
            if (known == null) {
                throw Faults.unknownMethod(method);
            }
            KnownFields.checkSpelling(method, params);
            return known.start(Params.of(params), caller);
        } catch (RuntimeException | Error e) {
            Pending<ObjectNode> refused = operations.pending();
            refused.fail(e);
            return refused;
        } finally {
            scope.close();
        }
    }

    /** The caller's trace, where protocols have what is not for the method itself. */
    public static Optional<TraceContext> trace(ObjectNode params) {
        JsonNode meta = params.path("_meta");
        return TraceContext.parse(
                meta.path("traceparent").textValue(), meta.path("tracestate").textValue());
    }

    @Override
    public EventSubscription watch(String sessionId, long after, boolean whole, EventSink sink)
            throws InterruptedException {
        try {
            Session session = sessions.open(sessionId);
            return whole ? subscriptions.openWhole(session, after, sink) : subscriptions.open(session, after, sink);
        } catch (MeerkatException e) {
            throw Faults.of(e);
        }
    }
}
