package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.calls.WireFault;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what a client says, in the order of its lines; called by the thread that reads them. */
final class Dispatch {
    /** Of one connection at one time, if the server has no smaller limit. */
    static final int CALLS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final Shared shared;
    private final Outbox outbox;
    private final Gate gate;
    private final Semaphore allCalls;
    private final int most;
    private final Map<JsonNode, Call> calls = new ConcurrentHashMap<>();
    private final Callbacks callbacks;
    private final Copies copies;
    private final Streams streams;

    Dispatch(Shared shared, Outbox outbox, Gate gate, Bounds bounds, String connection, Duration toolLimit) {
        this.shared = shared;
        this.outbox = outbox;
        this.gate = gate;
        this.allCalls = bounds.calls();
        this.most = Math.min(CALLS, shared.limits().pendingCalls());
        this.callbacks = new Callbacks(shared.tools(), shared.calls().line(), outbox, toolLimit);
        this.copies = new Copies(shared, outbox);
        this.streams = new Streams(shared.calls(), outbox, bounds.streams(), connection);
    }

    void accept(Message message) {
        if (message instanceof Message.Request request) {
            requested(request);
        } else if (message instanceof Message.Notification notification) {
            notified(notification);
        } else if (message instanceof Message.Reply reply) {
            callbacks.answered(reply.id(), reply.body());
        } else if (message instanceof Message.Bad bad) {
            outbox.add(Lines.error(bad.id(), bad.fault()));
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
            outbox.add(Lines.error(id, Faults.denied()));
        } else if (calls.containsKey(id)) {
            outbox.add(Lines.error(id, Faults.alreadyAdmitted()));
        } else if (calls.size() >= most || !allCalls.tryAcquire()) {
            outbox.add(Lines.error(
                    id, Faults.exhausted("too many calls wait for their answers", "rpc_request_backpressured")));
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
        outbox.settle(
                line,
                () -> Lines.error(
                        id, Faults.exhausted("too many large answers wait to be read", "rpc_response_backpressured")));
    }

    private void begin(Call call, String method, ObjectNode params) {
        switch (method) {
            case "tools/register" -> attempt(call, () -> call.succeed(callbacks.register(params)));
            case "session/stream_open" -> later(call, () -> streams.open(params, call));
            case "session/stream_close" -> later(call, () -> streams.close(params, call));
            case "session/create" ->
                attempt(call, () -> {
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
            call.fail(Faults.exhausted("the server is busy", "rpc_request_backpressured"));
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
            call.fail(Faults.closing());
        } catch (RuntimeException e) {
            LOG.error("a call failed", e);
            call.fail(Faults.internal());
        }
    }

    /** Nothing more is read: no tool can be answered for. */
    void inputEnded() {
        callbacks.close();
    }

    /** The connection is gone: calls go on, but nobody hears of them. */
    void close() {
        inputEnded();
        streams.close();
        copies.close();
    }
}
