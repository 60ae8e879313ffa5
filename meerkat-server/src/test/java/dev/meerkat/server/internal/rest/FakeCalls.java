package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.MeerkatCalls;
import dev.meerkat.server.internal.methods.Operations;
import dev.meerkat.server.internal.methods.WirePages;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers methods as a test wants it, operations on a runtime in memory, and has one session with a log. */
final class FakeCalls implements Calls, AutoCloseable {
    static final String SESSION = "01900000-0000-7000-8000-000000000001";

    private static final Set<String> METHODS = Set.of(
            "capabilities/get",
            "runtime/host_info",
            "runtime/health",
            "session/create",
            "session/list",
            "session/read",
            "session/history",
            "session/archive",
            "session/inject_context",
            "session/input_status",
            "session/external_event",
            "session/peer_response_terminal",
            "turn/start",
            "turn/interrupt",
            "turn/stop_run",
            "comms/send",
            "comms/peers",
            "events/latest_cursor",
            "events/list_since");

    private final ContractLine line;
    private final Map<String, Function<ObjectNode, CompletableFuture<ObjectNode>>> answers = new ConcurrentHashMap<>();
    final List<Started> started = new CopyOnWriteArrayList<>();
    final FakeLog log = new FakeLog();

    private final Workers workers = new Workers(1_000);
    private final Meerkat runtime = MeerkatRuntime.of(turn -> "ok").open();
    private final AtomicInteger names = new AtomicInteger();
    private final MeerkatCalls real;
    volatile Health health = Health.OK;

    /** What becomes of external events, instead of what the runtime makes of them. */
    volatile @Nullable EventOutcome outcome;

    FakeCalls(ContractLine line) {
        this.line = line;
        Meerkat shown = (Meerkat) Proxy.newProxyInstance(
                Meerkat.class.getClassLoader(), new Class<?>[] {Meerkat.class, HealthCheck.class}, this::ofMeerkat);
        real = new MeerkatCalls(shown, SessionSpec.DEFAULT_REALM, line, ServerLimits.defaults(), workers, true);
        answer("events/latest_cursor", params -> {
            ObjectNode cursor = WireJson.object();
            cursor.putObject("cursor").put("sequence", log.latest());
            return cursor;
        });
    }

    private @Nullable Object ofMeerkat(Object self, Method method, Object[] given) throws Throwable {
        if (method.getName().equals("health")) {
            return health;
        }
        Object result = invoked(runtime, method, given);
        EventOutcome fixed = outcome;
        return result instanceof Session session && fixed != null
                ? Proxy.newProxyInstance(
                        Session.class.getClassLoader(),
                        new Class<?>[] {Session.class},
                        (proxy, asked, arguments) -> asked.getName().equals("sendExternalEvent")
                                ? fixed
                                : invoked(session, asked, arguments))
                : result;
    }

    private static @Nullable Object invoked(Object target, Method method, Object[] given) throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** A session of the runtime, which waits for its first turn. */
    Session session() throws InterruptedException {
        return session(Map.of());
    }

    Session session(Map<String, String> labels) throws InterruptedException {
        String name = "agent-" + names.incrementAndGet();
        return runtime.create(SessionSpec.ofPrompt("Wait.")
                .withDeferredStart()
                .withCommsName(name)
                .withLabels(labels));
    }

    @Override
    public void close() {
        workers.close();
        runtime.close();
    }

    @Override
    public Operations operations() {
        return real.operations();
    }

    @Override
    public WirePages pages() {
        return real.pages();
    }

    /** A call that was started. */
    record Started(String method, ObjectNode params, Surface surface, CompletableFuture<Answer<ObjectNode>> answer)
            implements PendingCall<ObjectNode> {
        @Override
        public void cancel() {
            answer.completeExceptionally(new WireFault(ErrorCode.REQUEST_CANCELLED, "request cancelled", null));
        }
    }

    /** How a method is answered at once. */
    void answer(String method, Function<ObjectNode, ObjectNode> answer) {
        answers.put(method, params -> {
            try {
                return CompletableFuture.completedFuture(answer.apply(params));
            } catch (WireFault e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    /** The same, whatever the parameters. */
    void answer(String method, String result) {
        answer(method, params -> json(result));
    }

    /** A method that fails. */
    void fail(String method, WireFault fault) {
        answer(method, params -> {
            throw fault;
        });
    }

    /** A method whose answer comes later. */
    void hold(String method) {
        answers.put(method, params -> new CompletableFuture<>());
    }

    static ObjectNode json(String text) {
        try {
            byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            return (ObjectNode) WireJson.read(bytes, 0, bytes.length);
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** The only call of a method, waited for. */
    Started only(String method) throws InterruptedException {
        Await.until(() -> started.stream().anyMatch(call -> call.method().equals(method)));
        return started.stream()
                .filter(call -> call.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public ContractLine line() {
        return line;
    }

    @Override
    public Set<String> methods() {
        if (line != ContractLine.V0_6) {
            return METHODS;
        }
        Set<String> older = new java.util.LinkedHashSet<>(METHODS);
        older.removeAll(Set.of("turn/stop_run", "events/latest_cursor", "events/list_since"));
        return older;
    }

    @Override
    public PendingCall<ObjectNode> start(String method, ObjectNode params, Caller caller) {
        CompletableFuture<Answer<ObjectNode>> answer = new CompletableFuture<>();
        Started call = new Started(method, params, caller.surface(), answer);
        started.add(call);
        answers.getOrDefault(method, unknown -> CompletableFuture.failedFuture(new IllegalStateException(method)))
                .apply(params)
                .whenComplete((result, problem) -> {
                    if (problem != null) {
                        answer.completeExceptionally(problem);
                    } else {
                        answer.complete(new Answer<>(result, Optional.empty()));
                    }
                });
        return call;
    }

    @Override
    public PendingCall<RunEnd> create(Params params, Caller caller) {
        return start("session/create", params.tree(), caller).as(FakeCalls::end);
    }

    @Override
    public PendingCall<RunEnd> startTurn(Params params, Caller caller) {
        return start("turn/start", params.tree(), caller).as(FakeCalls::end);
    }

    /** A run that has answered with a test's answer. */
    private static RunEnd end(ObjectNode answer) {
        TurnOutcome.Completed completed = new TurnOutcome.Completed(new TurnId(new UUID(0, 1)), answer.toString());
        return new RunEnd.Completed(SessionId.of(SESSION), completed);
    }

    @Override
    public PendingCall<ObjectNode> send(Params params, Caller caller) {
        return start("comms/send", params.tree(), caller);
    }

    @Override
    public PendingCall<ObjectNode> peers(String session, Caller caller) {
        return start("comms/peers", WireJson.object().put("session_id", session), caller);
    }

    @Override
    public HostWriter host() {
        return real.host();
    }

    @Override
    public EventSubscription watch(String sessionId, long after, boolean whole, EventSink sink) {
        return log.tap(sessionId, after, sink);
    }

    /** A log that many taps read; each goes on where it is when it is told to. */
    static final class FakeLog {
        private final List<WireEvent> events = new ArrayList<>();
        final List<FakeTap> taps = new CopyOnWriteArrayList<>();

        synchronized long latest() {
            return events.size();
        }

        synchronized @Nullable WireEvent at(int index) {
            return index < events.size() ? events.get(index) : null;
        }

        /** An event, told to all taps. */
        void append(String type, String text) {
            synchronized (this) {
                ObjectNode envelope = WireJson.object();
                envelope.put("seq", events.size() + 1);
                envelope.putObject("payload").put("type", type).put("text", text);
                events.add(new WireEvent(events.size() + 1, true, type, envelope, Optional.empty()));
            }
            taps.forEach(FakeTap::resume);
        }

        /** An event that is not logged. */
        void live(String type) {
            ObjectNode envelope = WireJson.object();
            envelope.put("seq", 0);
            envelope.putObject("payload").put("type", type);
            taps.forEach(tap -> tap.sink.offer(new WireEvent(latest(), false, type, envelope, Optional.empty())));
        }

        void end(@Nullable WireFault fault) {
            taps.forEach(tap -> tap.sink.ended(fault));
        }

        FakeTap tap(String sessionId, long after, EventSink sink) {
            if (!sessionId.endsWith(SESSION)) {
                throw new WireFault(ErrorCode.SESSION_NOT_FOUND, "Session not found: " + sessionId, null);
            }
            if (after > latest()) {
                throw new WireFault(ErrorCode.BAD_REQUEST, "cursor is ahead", null);
            }
            FakeTap tap = new FakeTap(this, sink, (int) (after < 0 ? latest() : after));
            taps.add(tap);
            return tap;
        }
    }

    /** Tells what is in the log as long as the sink takes it. */
    static final class FakeTap implements EventSubscription {
        private final FakeLog log;
        private final EventSink sink;
        private final int begin;
        private int next;
        private boolean telling;
        private boolean again;
        volatile boolean closed;

        FakeTap(FakeLog log, EventSink sink, int next) {
            this.log = log;
            this.sink = sink;
            this.next = next;
            this.begin = next;
        }

        @Override
        public SessionId session() {
            return SessionId.of(SESSION);
        }

        @Override
        public long messages() {
            return 3;
        }

        @Override
        public OptionalLong begin() {
            return OptionalLong.of(begin);
        }

        @Override
        public void resume() {
            synchronized (this) {
                again = true;
                if (telling) {
                    return;
                }
                telling = true;
            }
            while (goOn()) {
                WireEvent event = log.at(next);
                while (event != null && !closed && sink.hasRoom() && sink.offer(event)) {
                    next++;
                    event = log.at(next);
                }
            }
        }

        private synchronized boolean goOn() {
            telling = again && !closed;
            again = false;
            return telling;
        }

        int told() {
            return next;
        }

        @Override
        public void close() {
            closed = true;
            log.taps.remove(this);
        }
    }
}
