package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.Tap;
import dev.meerkat.server.internal.calls.TapSink;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers calls as a test wants it, and has one session with a log. */
final class FakeCalls implements Calls {
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

    FakeCalls(ContractLine line) {
        this.line = line;
        answer(
                "session/history",
                params -> known(params, json("{\"session_id\":\"" + SESSION + "\",\"message_count\":3}")));
        answer("runtime/health", "{\"status\":\"ok\"}");
        answer("events/latest_cursor", params -> {
            ObjectNode cursor = WireJson.object();
            cursor.putObject("cursor").put("sequence", log.latest());
            return cursor;
        });
    }

    /** A call that was started. */
    record Started(String method, ObjectNode params, Surface surface, CompletableFuture<Answer> answer)
            implements PendingCall {
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

    private static ObjectNode known(ObjectNode params, ObjectNode result) {
        String id = params.path("session_id").asText();
        if (!id.endsWith(SESSION)) {
            throw new WireFault(ErrorCode.SESSION_NOT_FOUND, "Session not found: " + id, null);
        }
        return result;
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
    public PendingCall start(String method, ObjectNode params, Caller caller) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Started call = new Started(method, params, caller.surface(), answer);
        started.add(call);
        answers.getOrDefault(method, unknown -> CompletableFuture.failedFuture(new IllegalStateException(method)))
                .apply(params)
                .whenComplete((result, problem) -> {
                    if (problem != null) {
                        answer.completeExceptionally(problem);
                    } else {
                        answer.complete(new Answer(result, Optional.empty()));
                    }
                });
        return call;
    }

    @Override
    public Tap watch(String sessionId, long after, TapSink sink) {
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

        FakeTap tap(String sessionId, long after, TapSink sink) {
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
    static final class FakeTap implements Tap {
        private final FakeLog log;
        private final TapSink sink;
        private final int begin;
        private int next;
        private boolean telling;
        private boolean again;
        volatile boolean closed;

        FakeTap(FakeLog log, TapSink sink, int next) {
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
