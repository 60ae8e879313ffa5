package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.Operations;
import dev.meerkat.server.internal.methods.WirePages;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls that do what a test says. {@code echo} answers at once, {@code fail} is refused, all others wait for the test. */
final class FakeCalls implements Calls {
    final BlockingQueue<Started> started = new LinkedBlockingQueue<>();
    final BlockingQueue<FakeTap> taps = new LinkedBlockingQueue<>();
    private final ContractLine line;

    FakeCalls(ContractLine line) {
        this.line = line;
    }

    record Started(
            String method,
            ObjectNode params,
            Caller caller,
            CompletableFuture<Answer<ObjectNode>> answer,
            AtomicBoolean cancelled)
            implements PendingCall<ObjectNode> {
        @Override
        public void cancel() {
            cancelled.set(true);
            answer.completeExceptionally(new WireFault(ErrorCode.REQUEST_CANCELLED, "request cancelled", null));
        }

        void succeed(Optional<String> run) {
            answer.complete(new Answer<>(WireJson.object().put("done", method), run));
        }
    }

    /** Events that a test tells, kept back while the sink has no room. */
    static final class FakeTap implements EventSubscription {
        private final SessionId session;
        final long after;
        private final EventSink sink;
        private final Queue<WireEvent> waiting = new ArrayDeque<>();
        private boolean started;
        private boolean closed;
        private long sequence;

        FakeTap(SessionId session, long after, EventSink sink) {
            this.session = session;
            this.after = after;
            this.sink = sink;
        }

        @Override
        public SessionId session() {
            return session;
        }

        @Override
        public long messages() {
            return 0;
        }

        @Override
        public OptionalLong begin() {
            return OptionalLong.empty();
        }

        @Override
        public synchronized void resume() {
            started = true;
            pump();
        }

        private void pump() {
            while (started && !closed && !waiting.isEmpty()) {
                if (!sink.offer(waiting.peek())) {
                    started = false;
                    return;
                }
                waiting.remove();
            }
        }

        synchronized void tell(String type, String text, Optional<String> endOfRun) {
            sequence++;
            ObjectNode envelope = WireJson.object();
            envelope.put("seq", sequence);
            envelope.set("payload", WireJson.object().put("type", type).put("delta", text));
            waiting.add(new WireEvent(sequence, true, type, envelope, endOfRun));
            pump();
        }

        synchronized int untold() {
            return waiting.size();
        }

        synchronized boolean isClosed() {
            return closed;
        }

        void end(WireFault error) {
            sink.ended(error);
        }

        @Override
        public synchronized void close() {
            closed = true;
            waiting.clear();
        }
    }

    @Override
    public ContractLine line() {
        return line;
    }

    @Override
    public Set<String> methods() {
        return Set.of();
    }

    @Override
    public Operations operations() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WirePages pages() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PendingCall<ObjectNode> start(String method, ObjectNode params, Caller caller) {
        Started call = new Started(method, params, caller, new CompletableFuture<>(), new AtomicBoolean());
        switch (method) {
            case "initialize" -> call.succeed(Optional.empty());
            case "echo" -> call.answer().complete(new Answer<>(params, Optional.empty()));
            case "fail" ->
                call.answer().completeExceptionally(new WireFault(ErrorCode.BAD_REQUEST, "Invalid params: no", params));
            case "break" -> call.answer().completeExceptionally(new IllegalStateException("secret"));
            default -> started.add(call);
        }
        return call;
    }

    @Override
    public PendingCall<RunEnd> create(Params params, Caller caller) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PendingCall<RunEnd> startTurn(Params params, Caller caller) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PendingCall<ObjectNode> send(Params params, Caller caller) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PendingCall<ObjectNode> peers(String session, Caller caller) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HostWriter host() {
        throw new UnsupportedOperationException();
    }

    @Override
    public EventSubscription watch(String sessionId, long after, boolean whole, EventSink sink) {
        if (sessionId.equals("unknown")) {
            throw new WireFault(ErrorCode.SESSION_NOT_FOUND, "Session not found", null);
        }
        FakeTap tap = new FakeTap(new SessionId(UUID.fromString(sessionId)), after, sink);
        taps.add(tap);
        return tap;
    }
}
