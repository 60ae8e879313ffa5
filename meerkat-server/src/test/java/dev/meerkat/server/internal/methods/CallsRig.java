package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls on a runtime in memory, by a caller that notes what it is told. */
final class CallsRig implements Caller, AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-23T03:04:05Z");
    private static final int SECONDS = 30;

    final Meerkat meerkat;
    final MeerkatCalls calls;
    final List<String> engaged = new CopyOnWriteArrayList<>();
    private final CompletableFuture<SessionId> first = new CompletableFuture<>();
    private final Workers workers = new Workers(64);
    private Surface surface = Surface.RPC;

    CallsRig(ContractLine line) {
        this(line, turn -> "seen " + turn.inputs().size());
    }

    CallsRig(ContractLine line, Agent agent) {
        this(line, MeerkatRuntime.of(agent).retry(RetryPolicy.none()).open());
    }

    CallsRig(ContractLine line, Meerkat meerkat) {
        this.meerkat = meerkat;
        this.calls = new MeerkatCalls(
                meerkat, "default", line, ServerLimits.defaults(), workers, true, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    CallsRig by(Surface other) {
        surface = other;
        return this;
    }

    /** The parameters of a text with single quotes for double ones. */
    static ObjectNode json(String text, Object... values) {
        byte[] bytes = String.format(text, values).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        try {
            return (ObjectNode) WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PendingCall<ObjectNode> start(String method, String params, Object... values) {
        return calls.start(method, json(params, values), this);
    }

    Answer<ObjectNode> answer(String method, String params, Object... values) {
        return answer(start(method, params, values));
    }

    static Answer<ObjectNode> answer(PendingCall<ObjectNode> call) {
        try {
            return call.answer().get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    ObjectNode result(String method, String params, Object... values) {
        return answer(method, params, values).result();
    }

    WireFault fault(String method, String params, Object... values) {
        return fault(start(method, params, values));
    }

    static WireFault fault(PendingCall<ObjectNode> call) {
        try {
            Answer<ObjectNode> answer = call.answer().get(SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("answered " + answer);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(WireFault.class);
            return (WireFault) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** A plain session whose first turn has ended. */
    String session() {
        return idle(result("session/create", "{'prompt':'Hello.'}"));
    }

    /** A named session whose first turn has ended. */
    String named(String name) {
        return idle(result("session/create", "{'prompt':'Hello.','comms_name':'%s'}", name));
    }

    /** A turn has its answer a moment before its session is idle. */
    private String idle(ObjectNode created) {
        SessionId id = SessionId.of(created.path("session_id").asText());
        try {
            Session session = meerkat.open(id);
            while (session.snapshot().state() == SessionSnapshot.State.RUNNING) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return id.toString();
    }

    /** The session that a call was told of first. Waits for it: its turn can run before the call is told. */
    SessionId firstEngaged() {
        return first.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }

    static List<String> fields(JsonNode node) {
        List<String> names = new CopyOnWriteArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Override
    public Surface surface() {
        return surface;
    }

    @Override
    public void engaged(SessionId session, boolean created, boolean copies) {
        engaged.add(session + " " + created + " " + copies);
        first.complete(session);
    }

    @Override
    public void close() {
        workers.close();
        meerkat.close();
    }
}
