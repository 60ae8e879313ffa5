package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotDeadLetterException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.ParkSessionException;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Dead letters of our own server, through our own client and as plain REST. */
@Timeout(60)
@SuppressWarnings("try") // closing may be interrupted
class DeadLettersTest {
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private volatile boolean failing;
    private volatile boolean parking;

    private final Meerkat runtime = MeerkatRuntime.of((Agent) turn -> {
                if (failing) {
                    throw new IllegalStateException("the model says no");
                }
                if (parking) {
                    throw new ParkSessionException("budget_exceeded", "all is spent");
                }
                return "ok";
            })
            .retry(RetryPolicy.none())
            .open();
    private RunningServer server;

    static Stream<Arguments> surfaces() {
        return Stream.of(ContractLine.values())
                .flatMap(line -> Stream.of(Arguments.of(Access.REST, line), Arguments.of(Access.TCP, line)));
    }

    private RemoteMeerkat client(Access access, ContractLine line) throws IOException, InterruptedException {
        MeerkatServer served = MeerkatServer.of(runtime).contract(line);
        server = (access.isRest() ? served.rest(HOST, 0) : served.tcp(HOST, 0)).start();
        int port = server.addresses().get(0).getPort();
        return access.isRest()
                ? MeerkatClient.rest(URI.create("http://" + HOST + ":" + port)).open()
                : MeerkatClient.tcp(HOST, port).open();
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        runtime.close();
    }

    private static void await(Session session, Class<? extends SessionEvent> type, int count)
            throws InterruptedException {
        try (EventStream events = session.events(Cursor.START)) {
            int seen = 0;
            while (seen < count) {
                Optional<SessionEvent> next = events.next(PATIENCE);
                assertThat(next).as("a further " + type.getSimpleName()).isPresent();
                seen += type.isInstance(next.get()) ? 1 : 0;
            }
        }
    }

    private static ExternalEvent event(String type) {
        return ExternalEvent.genericJson(type, Json.of(Map.of("n", 1))).withIdempotencyKey(type);
    }

    private InputId dead(Session local, String type, int count) throws InterruptedException {
        failing = true;
        InputId id = ((EventOutcome.Accepted) local.sendExternalEvent(event(type)))
                .inputId()
                .orElseThrow();
        await(local, SessionEvent.InputDeadLettered.class, count);
        failing = false;
        return id;
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void aParkedSessionTellsWhyAndIsUnparked(Access access, ContractLine line) throws Exception {
        Session local = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        await(local, SessionEvent.TurnCompleted.class, 1);
        parking = true;
        try (RemoteMeerkat client = client(access, line)) {
            Session session = client.open(local.id());
            assertThat(session.unpark()).isFalse();

            TurnOutcome end = session.startTurn("spend").await(PATIENCE).orElseThrow();

            assertThat(end).isInstanceOfSatisfying(TurnOutcome.Parked.class, parked -> {
                assertThat(parked.code()).isEqualTo("budget_exceeded");
                assertThat(parked.message()).isEqualTo("all is spent");
                assertThat(parked.turnId()).isPresent();
            });
            assertThat(session.snapshot().parked())
                    .hasValueSatisfying(parked -> assertThat(parked.code()).isEqualTo("budget_exceeded"));
            parking = false;
            assertThat(session.unpark()).isTrue();
            await(local, SessionEvent.TurnCompleted.class, 2);
            assertThat(session.snapshot().parked()).isEmpty();
        }
    }

    @Test
    void aNewSessionIsKnownAlthoughItsFirstPromptIsParked() throws Exception {
        parking = true;
        try (RemoteMeerkat client = client(Access.REST, ContractLine.V0_8)) {
            Session session = client.create(SessionSpec.ofPrompt("spend"));

            assertThat(session.initialTurn().orElseThrow().await(PATIENCE))
                    .containsInstanceOf(TurnOutcome.Parked.class);
            assertThat(session.snapshot().parked()).isPresent();
        }
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void theFirstTurnOfAKeepAliveSessionThatIsParkedEndsAsParked(Access access, ContractLine line) throws Exception {
        parking = true;
        try (RemoteMeerkat client = client(access, line)) {
            Session session = client.create(SessionSpec.ofPrompt("spend").withKeepAliveAs("a"));
            Turn first = session.initialTurn().orElseThrow();

            TurnOutcome end = first.await(PATIENCE).orElseThrow();

            assertThat(end).isInstanceOfSatisfying(TurnOutcome.Parked.class, parked -> {
                assertThat(parked.code()).isEqualTo("budget_exceeded");
                assertThat(parked.message()).isEqualTo("all is spent");
            });
            assertThat(first.completion()).succeedsWithin(PATIENCE).isEqualTo(end);
            parking = false;
            assertThat(session.unpark()).isTrue();
            assertThat(session.startTurn("go on").await(PATIENCE))
                    .hasValueSatisfying(next -> assertThat(next).isInstanceOf(TurnOutcome.Completed.class));
        }
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void theyAreListedRedrivenAndDiscarded(Access access, ContractLine line) throws Exception {
        Session local = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        await(local, SessionEvent.TurnCompleted.class, 1);
        InputId first = dead(local, "first", 1);
        InputId second = dead(local, "second", 2);
        InputId third = dead(local, "third", 3);
        try (RemoteMeerkat client = client(access, line)) {
            assertThat(client.capabilities().has(Capability.DEAD_LETTERS)).isTrue();
            Session session = client.open(local.id());

            assertThat(session.deadLetters(0, 10)).isEqualTo(local.deadLetters(0, 10));
            assertThat(client.deadLetters(0, 10)).isEqualTo(local.deadLetters(0, 10));
            DeadLetterPage page = client.deadLetters(1, 1);
            assertThat(page.deadLetters())
                    .extracting(letter -> letter.input().id())
                    .containsExactly(second);
            assertThat(page.hasMore()).isTrue();
            assertThat(session.deadLetters(3, 10)).isEqualTo(new DeadLetterPage(List.of(), false));
            assertThatThrownBy(() -> session.deadLetters(0, 0)).isInstanceOf(InvalidFieldException.class);

            session.redrive(first);
            session.discard(second);
            EventOutcome again = session.sendExternalEvent(event("third"));
            assertThat(again).isInstanceOf(EventOutcome.Duplicate.class);
            assertThat(((EventOutcome.Duplicate) again).redriven()).isTrue();
            assertThat(((EventOutcome.Duplicate) session.sendExternalEvent(event("third"))).redriven())
                    .isFalse();
            await(local, SessionEvent.InputRedriven.class, 2);
            assertThat(session.deadLetters(0, 10).deadLetters()).isEmpty();
            for (InputId over : List.of(first, second, third)) {
                assertThatThrownBy(() -> session.redrive(over))
                        .isInstanceOf(NotDeadLetterException.class)
                        .hasMessageContaining(over.toString());
                assertThatThrownBy(() -> session.discard(over)).isInstanceOf(NotDeadLetterException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void inputsOfEveryKindAreListed(Access access, ContractLine line) throws Exception {
        Session local = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        Session peer = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("b"));
        await(local, SessionEvent.TurnCompleted.class, 1);
        await(peer, SessionEvent.TurnCompleted.class, 1);
        failing = true;
        PeerRef to = PeerRef.named("a");
        peer.send(CommsCommand.PeerMessage.to(to, "a message"));
        peer.send(new CommsCommand.PeerLifecycle(to, LifecycleKind.DISMISS, Json.of(Map.of("why", "done"))));
        peer.send(CommsCommand.PeerRequest.to(to, "ask", Json.of(Map.of("n", 1))));
        local.send(CommsCommand.Input.of("a note"));
        local.startTurn("a prompt");
        await(local, SessionEvent.InputDeadLettered.class, 5);
        try (RemoteMeerkat client = client(access, line)) {
            List<DeadLetter> letters =
                    client.open(local.id()).deadLetters(0, 10).deadLetters();

            assertThat(letters).hasSize(5).allSatisfy(letter -> {
                assertThat(letter.sessionId()).isEqualTo(local.id());
                assertThat(letter.message()).contains("the model says no");
                assertThat(letter.attempts()).isEqualTo(1);
            });
            assertThat(letters)
                    .extracting(letter -> (Object) letter.input().body().getClass())
                    .containsExactlyInAnyOrder(
                            InputBody.PeerMessage.class,
                            InputBody.PeerLifecycle.class,
                            InputBody.PeerRequest.class,
                            InputBody.Local.class,
                            InputBody.Prompt.class);
        }
    }

    @Test
    void restAnswersAsItsTableSays() throws Exception {
        Session local = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        await(local, SessionEvent.TurnCompleted.class, 1);
        InputId input = dead(local, "bad", 1);
        try (RemoteMeerkat unused = client(Access.REST, ContractLine.NEWEST)) {
            String inputs = "/sessions/" + local.id() + "/inputs/";
            assertThat(get("/dead_letters?limit=1").body()).contains(input.toString(), "\"attempt_count\":1");
            assertThat(get("/dead_letters?limit=1001").statusCode()).isEqualTo(400);
            assertThat(get("/dead_letters?limit=x").statusCode()).isEqualTo(400);
            assertThat(get("/dead_letters?limit=1&limit=2").statusCode()).isEqualTo(400);
            assertThat(get("/dead_letters?limt=1").body()).contains("query string: unknown field `limt`");
            assertThat(get("/sessions/" + local.id() + "/dead_letters").body()).contains("\"has_more\":false");
            assertThat(post(inputs + "nonsense/discard").statusCode()).isEqualTo(400);
            assertThat(post(inputs + input + "/discard").body()).contains("\"discarded\":true");
            Answered refused = post(inputs + input + "/redrive");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains(NotDeadLetterException.CODE);
        }
    }

    private record Answered(int statusCode, String body) {}

    private Answered get(String path) throws IOException {
        return ask("GET", path);
    }

    private Answered post(String path) throws IOException {
        return ask("POST", path);
    }

    private Answered ask(String verb, String path) throws IOException {
        URI uri = URI.create("http://" + HOST + ":" + server.addresses().get(0).getPort() + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(verb);
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answered(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
