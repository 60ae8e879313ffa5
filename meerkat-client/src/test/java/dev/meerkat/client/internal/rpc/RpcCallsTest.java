package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ContractMismatchException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.calls.ServerCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcCallsTest {

    @Test
    void theHandshakeTellsWhatTheServerIs() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {});
                ServerCalls calls = Rpc.connect(server)) {
            assertThat(calls.facts().contract()).hasToString("0.9.8");
            assertThat(calls.facts().capabilities().name()).isEqualTo("scripted");
            assertThat(calls.facts().capabilities().has(Capability.EVENT_REPLAY))
                    .isTrue();
            assertThat(calls.log()).isPresent();
        }
    }

    @Test
    void anUnknownContractLineIsRefused() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            server.version = "0.10.1";
            assertThatThrownBy(() -> Rpc.connect(server))
                    .isInstanceOf(ContractMismatchException.class)
                    .hasMessageContaining("0.10.1");
        }
    }

    @Test
    void whatTheServerDoesNotListIsRefusedBeforeItIsSent() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            server.methods = List.of("initialize", "session/read");
            try (ServerCalls calls = Rpc.connect(server)) {
                assertThatThrownBy(() -> calls.peers(Rpc.SESSION))
                        .isInstanceOf(NotSupportedException.class)
                        .hasMessageContaining("comms/peers");
                assertThat(calls.log()).isEmpty();
            }
        }
    }

    @Test
    void toolsNeedAServerThatTakesThem() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            server.takesTools = false;
            assertThatThrownBy(() -> Rpc.connect(server, Rpc.setup(CallbackTools.echo())))
                    .isInstanceOf(NotSupportedException.class)
                    .hasMessageContaining("tools/register");
        }
    }

    @Test
    void toolsAreRegisteredThoughTheServerDoesNotListTheMethod() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            server.methods = List.of("initialize");
            try (ServerCalls calls = Rpc.connect(server, Rpc.setup(CallbackTools.echo()))) {
                assertThat(server.await("tools/register")
                                .at("/params/tools/0/name")
                                .asText())
                        .isEqualTo("echo");
                assertThat(calls.log()).isEmpty();
            }
        }
    }

    @Test
    void manyThreadsAtOnceGetTheirOwnAnswers() throws Exception {
        List<JsonNode> held = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    // Answers in pairs, the later one first.
                    held.add(message);
                    if (held.size() == 2) {
                        for (JsonNode request : List.of(held.get(1), held.get(0))) {
                            String id = request.at("/params/session_id").asText();
                            peer.answer(request, Rpc.row(id).replace(Rpc.SESSION.toString(), id));
                        }
                        held.clear();
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            ExecutorService threads = Executors.newFixedThreadPool(16);
            try {
                List<Callable<Boolean>> reads = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    SessionId id = SessionId.of(String.format("01900000-0000-7000-8000-%012d", i));
                    reads.add(() -> calls.read(id).model().orElseThrow().equals(id.toString())
                            && calls.read(id).id().equals(id));
                }
                for (Future<Boolean> read : threads.invokeAll(reads)) {
                    assertThat(read.get()).isTrue();
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void errorAnswersWithoutIdEndTheCallTheyAnswer() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (message.path("method").asText().equals("comms/send")) {
                        peer.refuseWithoutId(-32602, "Invalid params: UUID parsing failed");
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            PendingTurn turn = calls.turn(Rpc.SESSION, "goes on");

            assertThatThrownBy(() -> calls.send(Rpc.SESSION, CommsCommand.Input.of("hi"), null))
                    .isInstanceOf(NotDoneException.class)
                    .hasMessageContaining("UUID parsing failed");
            assertThat(turn.outcome()).isNotDone();
        }
    }

    @Test
    void anErrorWithoutIdEndsTheOnlyPendingCallOfAnyMethod() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer((message, peer) -> peer.refuseWithoutId(-32700, "Parse error: eof"));
                ServerCalls calls = Rpc.connect(server)) {
            assertThatThrownBy(() -> calls.read(Rpc.SESSION))
                    .isInstanceOf(MeerkatException.class)
                    .hasMessageContaining("Parse error");
        }
    }

    @Test
    void anErrorWithoutIdThatSeveralCallsMayHaveCausedEndsThemAllAsUnknown() throws Exception {
        List<JsonNode> held = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (!message.path("method").asText().equals("turn/start")) {
                        held.add(message);
                    }
                    if (held.size() == 3) {
                        peer.refuseWithoutId(-32602, "Invalid params: one of you");
                        held.clear();
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            PendingTurn turn = calls.turn(Rpc.SESSION, "goes on");
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                Future<Throwable> first = threads.submit(
                        () -> catchThrowable(() -> calls.send(Rpc.SESSION, CommsCommand.Input.of("a"), null)));
                Future<Throwable> second = threads.submit(
                        () -> catchThrowable(() -> calls.send(Rpc.SESSION, CommsCommand.Input.of("b"), null)));
                Future<Throwable> third = threads.submit(() -> catchThrowable(() -> calls.peers(Rpc.SESSION)));

                assertUnattributed(first.get(), UnknownOutcomeException.class);
                assertUnattributed(second.get(), UnknownOutcomeException.class);
                assertUnattributed(third.get(), FailedException.class);
                assertThat(turn.outcome()).isNotDone();
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private static void assertUnattributed(Throwable thrown, Class<? extends MeerkatException> type) {
        assertThat(thrown).isInstanceOf(type).hasMessageContaining("one of you");
        assertThat(((MeerkatException) thrown).code()).isEqualTo("unattributed_error");
    }

    @Test
    void errorsAreTyped() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer((message, peer) -> peer.refuse(message, -32001, "Session not found: x"));
                ServerCalls calls = Rpc.connect(server)) {
            assertThatThrownBy(() -> calls.read(Rpc.SESSION)).isInstanceOf(SessionNotFoundException.class);
            assertThatThrownBy(() -> calls.archive(Rpc.SESSION)).isInstanceOf(SessionNotFoundException.class);
            assertThat(calls.turn(Rpc.SESSION, "x").outcome())
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(SessionNotFoundException.class);
        }
    }

    @Test
    void turnsAreAnsweredWithTheirOutcome() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(message, Rpc.run("done")));
                ServerCalls calls = Rpc.connect(server)) {
            TurnOutcome outcome = calls.turn(Rpc.SESSION, "go").outcome().get(20, TimeUnit.SECONDS);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            completed -> assertThat(completed.text()).isEqualTo("done"));
            JsonNode sent = server.await("turn/start");
            assertThat(sent.at("/params/session_events").asBoolean(true)).isFalse();
        }
    }

    @Test
    void whatIsChainedToATurnMayCallTheServer() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(
                        message,
                        message.path("method").asText().equals("turn/start") ? Rpc.run("done") : Rpc.row("m")));
                ServerCalls calls = Rpc.connect(server)) {
            CompletableFuture<String> model = calls.turn(Rpc.SESSION, "go")
                    .outcome()
                    .thenApply(done -> {
                        try {
                            return calls.read(Rpc.SESSION).model().orElseThrow();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });

            assertThat(model.get(20, TimeUnit.SECONDS)).isEqualTo("m");
        }
    }

    @Test
    void callsThatAreNotAnsweredEndInTime() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {});
                ServerCalls calls = Rpc.connect(server, Rpc.setup(Rpc.PATIENT.withCall(Rpc.SHORT)))) {
            assertThatThrownBy(() -> calls.read(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            FailedException.class, e -> assertThat(e.code()).isEqualTo("call_timeout"));
            assertThatThrownBy(() -> calls.archive(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            e -> assertThat(e.code()).isEqualTo("call_timeout"));
        }
    }

    @Test
    void aTurnThatIsNotAnsweredEndsInTimeAndIsTakenBack() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {});
                ServerCalls calls = Rpc.connect(server, Rpc.setup(Rpc.PATIENT.withTurn(Rpc.SHORT)))) {
            PendingTurn turn = calls.turn(Rpc.SESSION, "go");

            assertThat(turn.outcome())
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UnknownOutcomeException.class)
                    .withMessageContaining("no answer within");
            JsonNode started = server.await("turn/start");
            assertThat(server.await("cancel").at("/params/request_id")).isEqualTo(started.get("id"));
        }
    }

    @Test
    void aTurnCanBeTakenBackAndIsStillAnswered() throws Exception {
        AtomicReference<JsonNode> started = new AtomicReference<>();
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (message.path("method").asText().equals("turn/start")) {
                        started.set(message);
                    } else {
                        assertThat(message.has("id")).isFalse();
                        peer.refuse(started.get(), -32005, "request cancelled before response publish");
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            PendingTurn turn = calls.turn(Rpc.SESSION, "go");
            turn.cancel();

            assertThat(turn.outcome().get(20, TimeUnit.SECONDS)).isInstanceOf(TurnOutcome.Interrupted.class);
        }
    }

    @Test
    void aTurnIsStoppedByItsIdIfItIsTheRunningOne() throws Exception {
        TurnId turn = TurnId.of("01900000-0000-7000-8000-0000000000aa");
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
            boolean running = message.at("/params/run_id").asText().equals(turn.toString());
            peer.answer(
                    message,
                    "{'session_id':'" + Rpc.SESSION + "','receipt':{'outcome':'"
                            + (running ? "stop_requested" : "not_current") + "'}}");
        })) {
            server.methods = List.of("turn/stop_run");
            try (ServerCalls calls = Rpc.connect(server)) {
                assertThat(calls.stop(Rpc.SESSION, turn)).isTrue();
                assertThat(calls.stop(Rpc.SESSION, TurnId.of("01900000-0000-7000-8000-0000000000bb")))
                        .isFalse();
            }
            server.methods = List.of("turn/interrupt");
            try (ServerCalls calls = Rpc.connect(server)) {
                assertThatThrownBy(() -> calls.stop(Rpc.SESSION, turn)).isInstanceOf(NotSupportedException.class);
            }
        }
    }

    @Test
    void aCreateWhoseCallerIsInterruptedIsTakenBack() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {});
                ServerCalls calls = Rpc.connect(server)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller =
                    new Thread(() -> thrown.set(catchThrowable(() -> calls.create(SessionSpec.ofPrompt("You wait.")))));
            caller.start();
            JsonNode create = server.await("session/create");
            caller.interrupt();
            caller.join(20_000);

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(server.await("cancel").at("/params/request_id")).isEqualTo(create.get("id"));
        }
    }

    @Test
    void lateAndUnknownAndSecondAnswersAreIgnored() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (message.path("method").asText().equals("session/read")) {
                        peer.send("{'jsonrpc':'2.0','id':4711,'result':{}}");
                        peer.send("{'jsonrpc':'2.0','id':'" + message.get("id") + "','result':{}}");
                        peer.send("{'jsonrpc':'2.0','id':1.5,'result':{}}");
                        peer.answer(message, Rpc.row("first"));
                        peer.answer(message, Rpc.row("second"));
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            assertThat(calls.read(Rpc.SESSION).model()).contains("first");
            assertThat(calls.read(Rpc.SESSION).model()).contains("first");
        }
    }

    @Test
    void anAnswerWithoutResultEndsOnlyItsCall() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (message.path("method").asText().equals("session/read")) {
                        peer.answer(message, Rpc.row("m"));
                    } else {
                        peer.send("{'jsonrpc':'2.0','id':" + message.get("id") + "}");
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            assertThatThrownBy(() -> calls.archive(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            e -> assertThat(e.code()).isEqualTo("invalid_answer"));
            assertThat(calls.read(Rpc.SESSION).model()).contains("m");
        }
    }

    @Test
    void pendingCallsAreBounded() throws Exception {
        RpcSetup setup =
                Rpc.setup(Rpc.PATIENT).withLimits(ClientLimits.defaults().withPendingCalls(2));
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {});
                ServerCalls calls = Rpc.connect(server, setup)) {
            PendingTurn first = calls.turn(Rpc.SESSION, "a");
            PendingTurn second = calls.turn(Rpc.SESSION, "b");

            assertThatThrownBy(() -> calls.read(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            NotDoneException.class, e -> assertThat(e.code()).isEqualTo("client_busy"));
            assertThat(first.outcome()).isNotDone();
            assertThat(second.outcome()).isNotDone();
        }
    }

    @Test
    void lineEndsInAPayloadDoNotBreakTheLine() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(
                        message,
                        "{'outcome_type':'accepted','input_id':'01900000-0000-7000-8000-000000000009','state':{}}"));
                ServerCalls calls = Rpc.connect(server)) {
            EventOutcome outcome = calls.sendExternalEvent(
                    Rpc.SESSION, ExternalEvent.genericJson("t", Json.parse("{\n \"a\":\r\n \"x\\ny\"}")));

            assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
            assertThat(server.await("session/external_event")
                            .at("/params/payload/a")
                            .asText())
                    .isEqualTo("x\ny");
        }
    }

    @Test
    void listsAreAskedForByPage() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        (message, peer) -> peer.answer(message, "{'sessions':[" + Rpc.row("m") + "]}"));
                ServerCalls calls = Rpc.connect(server)) {
            assertThat(calls.list(5, 10)).hasSize(1);
            assertThat(server.await("session/list").get("params").toString()).isEqualTo("{\"offset\":5,\"limit\":10}");
        }
    }

    @Test
    void aClosedClientEndsWhatWaitsAndRefusesWhatComes() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            ServerCalls calls = Rpc.connect(server);
            PendingTurn turn = calls.turn(Rpc.SESSION, "go");
            calls.close();

            assertThat(turn.outcome())
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UnknownOutcomeException.class);
            assertThatThrownBy(() -> calls.read(Rpc.SESSION)).isInstanceOf(MeerkatClosedException.class);
            calls.close();
        }
    }

    @Test
    void noServerIsATypedError() throws Exception {
        int port;
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            port = server.port();
        }
        assertThatThrownBy(() -> RpcCalls.tcp("127.0.0.1", port, Rpc.setup(Rpc.PATIENT)))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }
}
