package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.calls.ServerCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcReconnectTest {
    private static final ExternalEvent EVENT = ExternalEvent.genericJson("deploy", Json.NULL);

    @Test
    void aLostConnectionIsMadeAnewOnceForAllWhoNeedIt() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(message, Rpc.row("m")));
                ServerCalls calls = Rpc.connect(server, Rpc.setup(CallbackTools.echo()))) {
            assertThat(calls.read(Rpc.SESSION).model()).contains("m");
            server.dropAll();

            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Callable<String>> reads = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    reads.add(() -> calls.read(Rpc.SESSION).model().orElseThrow());
                }
                for (Future<String> read : threads.invokeAll(reads)) {
                    assertThat(read.get()).isEqualTo("m");
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(server.connections()).isEqualTo(2);
            // The tools belong to a connection, so they are registered again.
            assertThat(server.await("tools/register").has("id")).isTrue();
            assertThat(server.await("tools/register").has("id")).isTrue();
        }
    }

    @Test
    void theTokenIsShownOnEachConnection() throws Exception {
        RpcSetup setup = Rpc.setup(Rpc.PATIENT).withToken("open");
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(message, Rpc.row("m")));
                ServerCalls calls = Rpc.connect(server, setup)) {
            server.dropAll();
            assertThat(calls.read(Rpc.SESSION).model()).contains("m");

            assertThat(server.await("initialize").at("/params/token").asText()).isEqualTo("open");
            assertThat(server.await("initialize").at("/params/token").asText()).isEqualTo("open");
        }
        assertThat(setup.toString()).doesNotContain("open").contains("token set");
    }

    @Test
    void whatOnlyReadsIsAskedAgainWhenTheConnectionWasDead() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (peer.number() == 1) {
                        peer.drop();
                    } else {
                        peer.answer(message, Rpc.row("second"));
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            assertThat(calls.read(Rpc.SESSION).model()).contains("second");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void whatOnlyReadsIsAskedAgainOnceOnly() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.drop());
                ServerCalls calls = Rpc.connect(server)) {
            assertThatThrownBy(() -> calls.read(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            FailedException.class, e -> assertThat(e.code()).isEqualTo("connection_lost"));
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerThatHadBegunIsNotAskedForAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    peer.socket()
                            .getOutputStream()
                            .write("{\"jsonrpc\":\"2.0\",\"id\":3,\"resu".getBytes(StandardCharsets.UTF_8));
                    peer.drop();
                });
                ServerCalls calls = Rpc.connect(server)) {
            assertThatThrownBy(() -> calls.read(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            FailedException.class, e -> assertThat(e.code()).isEqualTo("connection_lost"))
                    .hasMessageContaining("within a message");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatChangesSomethingIsNeverSentAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.drop());
                ServerCalls calls = Rpc.connect(server)) {
            assertLostUnknown(catchThrowable(() -> calls.send(Rpc.SESSION, CommsCommand.Input.of("x"), null)));
            assertThat(server.connections()).isEqualTo(1);
            assertLostUnknown(catchThrowable(() -> calls.sendExternalEvent(Rpc.SESSION, EVENT)));
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    private static void assertLostUnknown(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        UnknownOutcomeException.class, e -> assertThat(e.code()).isEqualTo("connection_lost"));
    }

    @Test
    void anEventWithAKeyIsSentAgainOnce() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (peer.number() == 1) {
                        peer.drop();
                    } else {
                        peer.answer(
                                message,
                                "{'outcome_type':'deduplicated','input_id':'01900000-0000-7000-8000-00000000000a',"
                                        + "'existing_id':'01900000-0000-7000-8000-00000000000b'}");
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            EventOutcome outcome = calls.sendExternalEvent(Rpc.SESSION, EVENT.withIdempotencyKey("k"));

            assertThat(outcome).isInstanceOf(EventOutcome.Duplicate.class);
            assertThat(server.await("session/external_event").get("params"))
                    .isEqualTo(server.await("session/external_event").get("params"));
        }
    }

    @Test
    void anEventWithAKeyStaysUnknownIfThereIsNoSecondConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {});
                ServerCalls calls = Rpc.connect(server)) {
            Thread end = new Thread(() -> {
                try {
                    server.await("session/external_event");
                    server.stop();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            end.start();
            assertLostUnknown(
                    catchThrowable(() -> calls.sendExternalEvent(Rpc.SESSION, EVENT.withIdempotencyKey("k"))));
            end.join(20_000);
            assertThatThrownBy(() -> calls.sendExternalEvent(Rpc.SESSION, EVENT))
                    .isInstanceOf(ServerUnreachableException.class);
        }
    }

    @Test
    void aServerThatSpeaksAnotherLineNowIsRefused() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(
                        message,
                        message.path("method").asText().equals("session/read") ? Rpc.row("m") : "{'stream_id':'s'}"));
                ServerCalls calls = Rpc.connect(server)) {
            Rpc.Notes notes = new Rpc.Notes();
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);
            server.version = "0.6.34";
            server.dropAll();
            assertThat(notes.next()).isEqualTo("lost");

            assertThatThrownBy(() -> calls.archive(Rpc.SESSION))
                    .isInstanceOfSatisfying(
                            NotDoneException.class, e -> assertThat(e.code()).isEqualTo("contract_mismatch"));
            server.version = "0.9.9";
            assertThat(calls.read(Rpc.SESSION).model()).contains("m");
            assertThat(calls.facts().contract()).hasToString("0.9.9");
            feed.close();
        }
    }

    @Test
    void aServerThatDoesNotReadAnyMoreIsGivenUp() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        String prompt = "x".repeat(900_000);
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    // Holds up the only thread that reads.
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                ServerCalls calls = Rpc.connect(server, Rpc.setup(Rpc.PATIENT.withCall(Duration.ofMillis(300))))) {
            PendingTurn first = calls.turn(Rpc.SESSION, prompt);
            while (!first.outcome().isDone()) {
                assertThat(calls.turn(Rpc.SESSION, prompt)).isNotNull();
            }
            over.countDown();

            assertThat(first.outcome())
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UnknownOutcomeException.class)
                    .withMessageContaining("has not read for PT0.3S");
        } finally {
            over.countDown();
        }
    }
}
