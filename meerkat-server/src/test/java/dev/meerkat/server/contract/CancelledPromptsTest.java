package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.testkit.Gate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller who takes a prompt back, or goes away, ends nothing of others, whatever way it came. */
@Timeout(120)
@SuppressWarnings("try") // closing may be interrupted
class CancelledPromptsTest {
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Long enough for a busy machine to begin the turn. */
    private static final Duration TURN = Duration.ofSeconds(8);

    private static final ExternalEvent ALERT =
            ExternalEvent.genericJson("alert", Json.NULL).withIdempotencyKey("alert-1");

    private final Gate held = Gate.named("held");
    private final Gate working = Gate.named("working");
    private final List<String> turns = new CopyOnWriteArrayList<>();
    private final Meerkat runtime = MeerkatRuntime.of((Agent) this::answer).open();
    private RunningServer server;
    private int rest;
    private int tcp;
    private Session session;
    private Turn holding;

    private String answer(TurnContext turn) throws InterruptedException {
        String texts = turn.inputs().stream().map(CancelledPromptsTest::text).collect(Collectors.joining(" "));
        if (texts.equals("hold")) {
            held.pass();
        } else if (texts.contains("mine")) {
            working.pass();
        }
        turns.add(texts);
        return texts;
    }

    private static String text(AdmittedInput input) {
        if (input.body() instanceof InputBody.Prompt prompt) {
            return prompt.text();
        }
        return input.body() instanceof InputBody.Local local
                ? local.command().body()
                : ((InputBody.External) input.body()).event().eventType();
    }

    /** How a caller leaves its prompt. */
    private enum Way {
        /** {@code POST /requests/{id}/cancel}. */
        REST_CANCEL(true),
        /** The notification {@code cancel}. */
        RPC_CANCEL(true),
        /** A client whose time for a turn is over. */
        REST_TIMEOUT(true),
        RPC_TIMEOUT(true),
        /** The connection of the request ends. */
        REST_GONE(false),
        RPC_GONE(false);

        /** Whether it takes the prompt back; who only goes away leaves it to be handled. */
        private final boolean takesBack;

        Way(boolean takesBack) {
            this.takesBack = takesBack;
        }
    }

    @BeforeEach
    void serve() throws Exception {
        server = MeerkatServer.of(runtime)
                .withoutExtensions()
                .rest(HOST, 0)
                .tcp(HOST, 0)
                .start();
        rest = server.addresses().get(0).getPort();
        tcp = server.addresses().get(1).getPort();
        session = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        await("begin");
        holding = session.startTurn("hold");
        held.awaitReached(PATIENCE);
    }

    @AfterEach
    void close() throws InterruptedException {
        held.open();
        working.open();
        server.close();
        runtime.close();
    }

    /** Waits until an input is in the log. */
    private void admitted(String text) throws InterruptedException {
        try (EventStream log = session.events(Cursor.START)) {
            while (!(log.next(PATIENCE).orElseThrow() instanceof SessionEvent.InputAdmitted admitted
                    && text(admitted.input()).equals(text))) {
                assertThat(log.ended()).isFalse();
            }
        }
    }

    /** Waits until a turn has given an answer. */
    private void await(String answer) throws InterruptedException {
        try (EventStream log = session.events(Cursor.START)) {
            while (!(log.next(PATIENCE).orElseThrow() instanceof SessionEvent.TurnCompleted completed
                    && completed.text().equals(answer))) {
                assertThat(log.ended()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunningPromptLeavesOthersAlone(Way way) throws Exception {
        session.send(CommsCommand.Input.of("message"));
        session.sendExternalEvent(ALERT);
        try (Caller caller = caller(way)) {
            admitted("mine");
            Turn other = session.startTurn("other");
            held.open();
            working.awaitReached(PATIENCE);

            caller.leave();
            if (!way.takesBack) {
                working.open();
            }

            assertThat(completed(holding)).isEqualTo("hold");
            assertThat(completed(other)).isEqualTo(way.takesBack ? "message alert other" : "other");
            assertThat(turns)
                    .containsExactlyElementsOf(
                            way.takesBack
                                    ? List.of("begin", "hold", "message alert other")
                                    : List.of("begin", "hold", "message alert mine", "other"));
            assertThat(session.sendExternalEvent(ALERT)).isInstanceOf(EventOutcome.Duplicate.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"REST_TIMEOUT", "RPC_TIMEOUT"})
    void aWaitingPromptLeavesOthersAlone(Way way) throws Exception {
        Turn before = session.startTurn("before");
        try (Caller caller = caller(way)) {
            admitted("mine");
            session.send(CommsCommand.Input.of("message"));
            session.sendExternalEvent(ALERT);
            Turn after = session.startTurn("after");

            caller.leave();
            if (!way.takesBack) {
                working.open();
            }
            held.open();

            assertThat(completed(holding)).isEqualTo("hold");
            assertThat(completed(before)).startsWith("before");
            assertThat(completed(after)).endsWith("after");
            assertThat(String.join(" ", turns).split(" ")).containsOnlyOnce("message", "alert", "before", "after");
            assertThat(turns.stream().anyMatch(turn -> turn.contains("mine"))).isEqualTo(!way.takesBack);
            assertThat(session.sendExternalEvent(ALERT)).isInstanceOf(EventOutcome.Duplicate.class);
        }
    }

    @Test
    void twoCallersOfWhomOneTakesItsRequestBackGetAnAnswerEach() throws Exception {
        try (Caller mine = caller(Way.REST_CANCEL);
                RemoteMeerkat client = client(rest, Duration.ofMinutes(1))) {
            admitted("mine");
            Turn other = client.open(session.id()).startTurn("other");
            admitted("other");

            mine.leave();
            held.open();

            assertThat(completed(other)).isEqualTo("other");
        }
    }

    private static String completed(Turn turn) throws InterruptedException {
        TurnOutcome outcome = turn.await(PATIENCE).orElseThrow();
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return ((TurnOutcome.Completed) outcome).text();
    }

    private Caller caller(Way way) throws Exception {
        return switch (way) {
            case REST_CANCEL, REST_GONE -> new RestCaller(way.takesBack);
            case RPC_CANCEL, RPC_GONE -> new RpcCaller(way.takesBack);
            case REST_TIMEOUT -> new ImpatientCaller(client(rest, TURN));
            case RPC_TIMEOUT -> new ImpatientCaller(client(tcp, TURN));
        };
    }

    private RemoteMeerkat client(int port, Duration turn) throws InterruptedException {
        ClientTimeouts timeouts = ClientTimeouts.defaults().withTurn(turn);
        return port == rest
                ? MeerkatClient.rest(URI.create("http://" + HOST + ":" + port))
                        .timeouts(timeouts)
                        .open()
                : MeerkatClient.tcp(HOST, port).timeouts(timeouts).open();
    }

    /** Has sent the prompt "mine". */
    private interface Caller extends AutoCloseable {
        /** Returns when it is no longer waiting. */
        void leave() throws Exception;

        @Override
        void close() throws Exception;
    }

    private final class RestCaller implements Caller {
        private final Socket socket = new Socket(HOST, rest);
        private final boolean cancels;

        RestCaller(boolean cancels) throws IOException {
            this.cancels = cancels;
            String body = "{\"session_id\":\"" + session.id() + "\",\"prompt\":\"mine\"}";
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String request = "POST /sessions/" + session.id() + "/messages HTTP/1.1\r\nHost: localhost\r\n"
                    + "X-Meerkat-Request-Id: r-1\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void leave() throws IOException {
            if (!cancels) {
                socket.setSoLinger(true, 0);
                socket.close();
                return;
            }
            URI cancel = URI.create("http://" + HOST + ":" + rest + "/requests/r-1/cancel");
            HttpURLConnection connection = (HttpURLConnection) cancel.toURL().openConnection();
            connection.setRequestMethod("POST");
            assertThat(connection.getResponseCode()).isEqualTo(200);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private final class RpcCaller implements Caller {
        private final Socket socket = new Socket(HOST, tcp);
        private final boolean cancels;

        RpcCaller(boolean cancels) throws IOException {
            this.cancels = cancels;
            socket.setSoTimeout((int) PATIENCE.toMillis());
            say("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"turn/start\",\"params\":{\"session_id\":\"" + session.id()
                    + "\",\"prompt\":\"mine\",\"session_events\":false}}");
        }

        private void say(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void leave() throws IOException {
            if (!cancels) {
                socket.setSoLinger(true, 0);
                socket.close();
                return;
            }
            say("{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"request_id\":7}}");
            // The answer of a call behind it, or of the turn, shows that the notification was read.
            say("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"session/list\",\"params\":{}}");
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).startsWith("{");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Uses the client of this project, whose time for the turn ends. */
    private final class ImpatientCaller implements Caller {
        private final RemoteMeerkat client;
        private final Turn turn;

        ImpatientCaller(RemoteMeerkat client) throws InterruptedException {
            this.client = client;
            this.turn = client.open(SessionId.of(session.id().toString())).startTurn("mine");
        }

        @Override
        public void leave() throws InterruptedException {
            assertThatThrownBy(() -> turn.await(PATIENCE)).isInstanceOf(UnknownOutcomeException.class);
        }

        @Override
        public void close() throws Exception {
            client.close();
        }
    }
}
