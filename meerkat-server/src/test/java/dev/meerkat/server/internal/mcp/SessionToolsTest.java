package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.Operations;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.methods.WirePages;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How calls of tools end, and what is kept of them. */
@Timeout(60)
class SessionToolsTest {
    private static final Tool CLOCK = new Tool("clock", "tells the time", Json.EMPTY_OBJECT);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Workers workers = new Workers(16);
    private final ToolHosts hosts = new ToolHosts();
    private final ServerContext shared = new ServerContext(
            new NoCalls(),
            ServerLimits.defaults(),
            workers,
            hosts,
            SendMemory.ofHeap(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    @AfterEach
    void stop() {
        workers.close();
    }

    /** Of the newest line, and without any. */
    private static final class NoCalls implements Calls {
        @Override
        public ContractLine line() {
            return ContractLine.NEWEST;
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
        public PendingCall<ObjectNode> start(
                String method, ObjectNode params, dev.meerkat.server.internal.calls.Caller caller) {
            throw new UnsupportedOperationException(method);
        }

        @Override
        public PendingCall<RunEnd> create(Params params, dev.meerkat.server.internal.calls.Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PendingCall<RunEnd> startTurn(Params params, dev.meerkat.server.internal.calls.Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PendingCall<ObjectNode> send(Params params, dev.meerkat.server.internal.calls.Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PendingCall<ObjectNode> peers(String session, dev.meerkat.server.internal.calls.Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HostWriter host() {
            throw new UnsupportedOperationException();
        }

        @Override
        public EventSubscription watch(String sessionId, long after, boolean whole, EventSink sink) {
            throw new UnsupportedOperationException(sessionId);
        }
    }

    private static SessionId session(int number) {
        return new SessionId(new UUID(0x0190000000007000L, 0x8000000000000000L + number));
    }

    private HostCall call() {
        return new HostCall(null);
    }

    private ToolSessions sessions(Duration limit, int most) {
        return new ToolSessions(ContractLine.NEWEST, hosts, limit, most);
    }

    private Run run(ToolSessions sessions, SessionId session, HostCall call) {
        Run run = new Run(shared, sessions, List.of(CLOCK), call);
        run.engaged(session, true, true);
        return run;
    }

    private CompletableFuture<Json> called(SessionId session, String key) {
        CompletableFuture<Json> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(hosts.call(session, "clock", Json.EMPTY_OBJECT, key));
            } catch (InterruptedException | MeerkatException e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        return result;
    }

    private static MeerkatException failure(CompletableFuture<Json> result) {
        return assertThat(result)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.type(MeerkatException.class))
                .actual();
    }

    private static ObjectNode answer(HostCall call) throws Exception {
        return call.answer().get(20, TimeUnit.SECONDS);
    }

    private static SessionTools.ToolResult result(String id) {
        return new SessionTools.ToolResult(id, "noon", false);
    }

    @Test
    void aCallThatNobodyAnswersEndsAsUnknown() throws Exception {
        ToolSessions sessions = sessions(Duration.ofMillis(1), 8);
        HostCall call = call();
        run(sessions, session(1), call);

        CompletableFuture<Json> late = called(session(1), "key-1");

        assertThat(failure(late)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(failure(late).code()).isEqualTo("tool_timeout");
        assertThat(answer(call).path("status").textValue()).isEqualTo("pending_tool_call");
        SessionTools tools = Objects.requireNonNull(sessions.find(session(1)));
        assertThat(tools.take(List.of(result("key-1")), call())).isEqualTo(SessionTools.Taken.UNKNOWN);
    }

    @Test
    void callsAtOneTimeAreToldOneAfterTheOther() throws Exception {
        ToolSessions sessions = sessions(LONG, 8);
        HostCall first = call();
        run(sessions, session(1), first);
        SessionTools tools = Objects.requireNonNull(sessions.find(session(1)));
        CompletableFuture<Json> one = called(session(1), "key-1");
        answer(first);
        CompletableFuture<Json> two = called(session(1), "key-2");
        while (tools.waiting().size() < 2) {
            Thread.onSpinWait();
        }

        HostCall second = call();
        assertThat(tools.take(List.of(result("key-1")), second)).isEqualTo(SessionTools.Taken.NOW);
        assertThat(answer(second).at("/pending_tool_calls/0/tool_use_id").textValue())
                .isEqualTo("key-2");
        assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(Json.of("noon"));
        assertThat(two).isNotDone();

        assertThat(tools.take(List.of(result("key-1"), result("other")), call()))
                .isEqualTo(SessionTools.Taken.UNKNOWN);
        assertThat(tools.take(List.of(result("key-1"), result("key-2")), call()))
                .isEqualTo(SessionTools.Taken.NOW);
        assertThat(two.get(20, TimeUnit.SECONDS)).isEqualTo(Json.of("noon"));
        assertThat(tools.take(List.of(result("key-2")), call())).isEqualTo(SessionTools.Taken.BEFORE);
    }

    @Test
    void theEndOfTheTurnAndOfTheServerEndsItsCalls() throws Exception {
        ToolSessions sessions = sessions(LONG, 8);
        HostCall first = call();
        Run run = run(sessions, session(1), first);
        CompletableFuture<Json> left = called(session(1), "key-1");
        answer(first);
        Objects.requireNonNull(sessions.find(session(1))).end(run);
        assertThat(failure(left).code()).isEqualTo("tool_client_gone");

        HostCall second = call();
        run(sessions, session(2), second);
        CompletableFuture<Json> closed = called(session(2), "key-1");
        answer(second);
        sessions.close();
        assertThat(failure(closed)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(hosts.of(session(2))).isEmpty();
        assertThat(failure(called(session(2), "key-2")).code()).isEqualTo("tool_not_found");
    }

    @Test
    void noMoreCallsWaitThanThereIsRoomFor() throws Exception {
        SessionTools tools = new SessionTools(session(1), List.of(CLOCK), ContractLine.NEWEST, new Semaphore(0), LONG);
        tools.begin(new Run(shared, sessions(LONG, 8), List.of(), call()));
        assertThatThrownBy(() -> tools.call(session(1), "clock", Json.NULL, "key"))
                .isInstanceOfSatisfying(
                        NotDoneException.class, e -> assertThat(e.code()).isEqualTo("tools_busy"));
    }

    @Test
    void aFailedToolIsAFailure() throws Exception {
        ToolSessions sessions = sessions(LONG, 8);
        HostCall host = call();
        run(sessions, session(1), host);
        CompletableFuture<Json> call = called(session(1), "key-1");
        answer(host);

        Objects.requireNonNull(sessions.find(session(1)))
                .take(List.of(new SessionTools.ToolResult("key-1", "it broke", true)), call());

        assertThat(failure(call)).isInstanceOf(FailedException.class).hasMessageContaining("it broke");
    }

    @Test
    void theToolsUsedLeastRecentlyAreForgottenFirst() {
        ToolSessions sessions = sessions(LONG, 2);
        Run busy = run(sessions, session(1), call());
        for (int i = 2; i <= 4; i++) {
            Run ended = run(sessions, session(i), call());
            Objects.requireNonNull(sessions.find(session(i))).end(ended);
        }

        assertThat(hosts.of(session(1))).containsExactly(CLOCK);
        assertThat(hosts.of(session(2))).isEmpty();
        assertThat(hosts.of(session(3))).isEmpty();
        assertThat(hosts.of(session(4))).containsExactly(CLOCK);
        Objects.requireNonNull(sessions.find(session(1))).end(busy);
    }
}
