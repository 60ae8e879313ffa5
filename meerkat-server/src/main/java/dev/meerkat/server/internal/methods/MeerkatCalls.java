package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Relay;
import dev.meerkat.server.internal.calls.Tap;
import dev.meerkat.server.internal.calls.TapSink;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.DeadLetterWriter;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.server.internal.wire.Inputs;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The calls of the wire, carried out on one Meerkat. */
public final class MeerkatCalls implements Calls {
    /** What connections carry out themselves, and {@code initialize} lists all the same. */
    private static final List<String> OF_CONNECTIONS =
            List.of("initialized", "tools/register", "session/stream_open", "session/stream_close");

    private final ContractLine line;
    private final Workers workers;
    private final Relay answers;
    private final Sessions sessions;
    private final Taps taps;
    private final Map<String, Method> methods = new LinkedHashMap<>();
    private final Set<String> listed = new LinkedHashSet<>();

    /** Calls on the sessions of one realm of a Meerkat. */
    public MeerkatCalls(Meerkat meerkat, String realm, ContractLine line, ServerLimits limits, Workers workers) {
        this(meerkat, realm, line, limits, workers, Clock.systemUTC());
    }

    MeerkatCalls(Meerkat meerkat, String realm, ContractLine line, ServerLimits limits, Workers workers, Clock clock) {
        this.line = line;
        this.workers = workers;
        this.answers = new Relay(workers);
        sessions = new Sessions(meerkat, realm);
        SessionWriter writer = new SessionWriter(realm, line);
        new HostMethods(new HostWriter(line, meerkat.capabilities(), realm, check(meerkat))).addTo(methods, listed);
        new TurnMethods(meerkat, realm, sessions, line, writer).addTo(methods);
        SessionMethods reads = new SessionMethods(meerkat, sessions, line, writer);
        reads.addTo(methods);
        new CommsMethods(sessions, line).addTo(methods);
        new InputMethods(sessions, line, clock).addTo(methods);
        if (line.hasInputStatus()) {
            new InputStates(sessions, clock).addTo(methods);
        }
        if (meerkat.capabilities().has(Capability.DEAD_LETTERS)) {
            new DeadLetterMethods(meerkat, sessions, new DeadLetterWriter(line)).addTo(methods);
        }
        Inputs inputs = new Inputs();
        taps = new Taps(line, workers, clock, inputs);
        EventMethods events = new EventMethods(line, clock, inputs, reads::read);
        new LogMethods(sessions, events, new HistoryMethod(line)).addTo(methods);
        listed.addAll(methods.keySet());
        listed.addAll(OF_CONNECTIONS);
    }

    /** A Meerkat elsewhere says itself how it is. */
    private static HealthCheck check(Meerkat meerkat) {
        return meerkat instanceof HealthCheck check ? check : () -> Health.OK;
    }

    @Override
    public ContractLine line() {
        return line;
    }

    @Override
    public Set<String> methods() {
        return Collections.unmodifiableSet(listed);
    }

    @Override
    public PendingCall start(String method, ObjectNode params, Caller caller) {
        Pending pending = new Pending(workers, answers);
        Method known = methods.get(method);
        if (known == null) {
            pending.fail(Faults.unknownMethod(method));
            return pending;
        }
        try {
            KnownFields.checkSpelling(method, params);
        } catch (WireFault e) {
            pending.fail(e);
            return pending;
        }
        TraceContext trace = trace(params).or(TraceContext::current).orElse(null);
        if (known.runsAtOnce(params)) {
            run(known, params, caller, pending, trace);
            return pending;
        }
        try {
            Runnable call = () -> run(known, params, caller, pending, trace);
            if (known.readsMuch()) {
                workers.executeRead(call);
            } else {
                workers.execute(call);
            }
        } catch (RejectedExecutionException e) {
            pending.fail(e);
        }
        return pending;
    }

    /** The caller's trace, where protocols have what is not for the method itself. */
    private static Optional<TraceContext> trace(ObjectNode params) {
        return TraceContext.parse(params.path("_meta").path("traceparent").textValue());
    }

    /** An error too must end in an answer, or its caller waits for ever. */
    @SuppressWarnings("Interruption")
    private static void run(
            Method method, ObjectNode params, Caller caller, Pending pending, @Nullable TraceContext trace) {
        TraceContext.Scope scope = TraceContext.enter(trace);
        try {
            method.run(Params.of(params), caller, pending);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pending.fail(e);
        } catch (RuntimeException | Error e) {
            pending.fail(e);
        } finally {
            scope.close();
        }
    }

    @Override
    public Tap watch(String sessionId, long after, TapSink sink) throws InterruptedException {
        try {
            return taps.open(sessions.open(sessionId), after, sink);
        } catch (MeerkatException e) {
            throw Faults.of(e);
        }
    }
}
