package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what a client says, in the order of its lines; called by the thread that reads them. */
final class Dispatch implements RpcConversation {
    /** Of one connection at one time, if the server has no smaller limit. */
    static final int CALLS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final ServerContext shared;
    private final SendQueue outbox;
    private final TokenGate gate;
    private final Semaphore allCalls;
    private final int most;
    private final Map<JsonNode, Call> calls = new ConcurrentHashMap<>();
    private final Callbacks callbacks;
    private final SessionMirrors copies;
    private final Streams streams;

    Dispatch(
            ServerContext shared,
            SendQueue outbox,
            TokenGate gate,
            Bounds bounds,
            String connection,
            Duration toolLimit) {
        this.shared = shared;
        this.outbox = outbox;
        this.gate = gate;
        this.allCalls = bounds.calls();
        this.most = Math.min(CALLS, shared.limits().pendingCalls());
        this.callbacks = new Callbacks(shared.tools(), shared.calls().line(), outbox, toolLimit);
        this.copies = new SessionMirrors(shared, outbox);
        this.streams = new Streams(shared.calls(), outbox, bounds.streams(), connection);
    }

    @Override
    public void accept(Message message) {
        if (message instanceof Message.Request request) {
            requested(request);
        } else if (message instanceof Message.Notification notification) {
            notified(notification);
        } else if (message instanceof Message.Reply reply) {
            callbacks.answered(reply.id(), reply.body());
        } else if (message instanceof Message.Bad bad) {
            outbox.add(MessageLines.error(bad.id(), bad.fault()));
        } else if (message instanceof Message.NoObject none) {
            outbox.add(MessageLines.error(none.id(), none.fault()));
        }
    }

    private void notified(Message.Notification notification) {
        if (notification.method().equals("cancel")) {
            JsonNode id = MessageReader.id(notification.params().path("request_id"));
            Call call = id == null ? null : calls.get(id);
            if (call != null) {
                call.cancel();
            }
        }
    }

    private void requested(Message.Request request) {
        JsonNode id = request.id();
        if (!gate.passes(request.method(), request.params())) {
            outbox.add(MessageLines.error(id, RpcErrors.denied()));
        } else if (calls.containsKey(id)) {
            outbox.add(MessageLines.error(id, RpcErrors.alreadyAdmitted()));
        } else if (calls.size() >= most || !allCalls.tryAcquire()) {
            outbox.add(MessageLines.error(
                    id, RpcErrors.exhausted("too many calls wait for their answers", "rpc_request_backpressured")));
        } else {
            outbox.owe();
            Call call = new Call(id, request.method(), callbacks, copies, line -> answered(id, line));
            calls.put(id, call);
            begin(call, request.method(), request.params());
        }
    }

    private void answered(JsonNode id, byte[] line) {
        // Before the client can know that the id is free again.
        calls.remove(id);
        allCalls.release();
        outbox.settle(line, () -> MessageLines.error(id, RpcErrors.tooManyAnswers()));
    }

    private void begin(Call call, String method, ObjectNode params) {
        switch (method) {
            case "tools/register" ->
                attempt(call, () -> {
                    KnownFields.checkSpelling(method, params);
                    call.succeed(callbacks.register(params));
                });
            case "session/stream_open" ->
                later(call, () -> {
                    KnownFields.checkSpelling(method, params);
                    streams.open(params, call);
                });
            case "session/stream_close" ->
                later(call, () -> {
                    KnownFields.checkSpelling(method, params);
                    streams.close(params, call);
                });
            case "session/create" ->
                attempt(call, () -> {
                    KnownFields.checkSpelling(method, params);
                    call.brings(Callbacks.own(params));
                    call.began(shared.calls().start(method, params, call));
                });
            default -> attempt(call, () -> call.began(shared.calls().start(method, params, call)));
        }
    }

    private void later(Call call, Step step) {
        try {
            shared.workers().execute(() -> attempt(call, step));
        } catch (RejectedExecutionException e) {
            call.fail(RpcErrors.exhausted("the server is busy", "rpc_request_backpressured"));
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }

    private static void attempt(Call call, Step step) {
        try {
            step.run();
        } catch (WireFault e) {
            call.fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.fail(RpcErrors.closing());
        } catch (RuntimeException | Error e) {
            // Whatever it is, its caller waits for an answer.
            LOG.error("a call failed", e);
            call.fail(RpcErrors.internal());
        }
    }

    /** No tool can be answered for. */
    @Override
    public void inputEnded() {
        callbacks.close();
    }

    @Override
    public void close() {
        inputEnded();
        streams.close();
        copies.close();
    }
}
