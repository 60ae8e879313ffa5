package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.internal.WireJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often an input was tried, as REST and JSON-RPC tell it: the count of attempts that were begun. */
@Timeout(60)
@SuppressWarnings("try") // closing may be interrupted
class AttemptCountTest {
    private static final String HOST = "127.0.0.1";
    private static final int SECONDS = 30;
    private static final int ATTEMPTS = 3;

    private final Semaphore begun = new Semaphore(0);
    private final Semaphore goOn = new Semaphore(0);
    private volatile boolean failing = true;

    private final Meerkat runtime = MeerkatRuntime.of((Agent) turn -> {
                if (turn.inputs().toString().contains("begin")) {
                    return "ok";
                }
                begun.release();
                goOn.acquire();
                if (failing && turn.inputs().toString().contains("try")) {
                    throw new IllegalStateException("the model says no");
                }
                return "ok";
            })
            .retry(RetryPolicy.inPlace(ATTEMPTS, Duration.ofMillis(1), Duration.ofMillis(1)))
            .open();
    private final RunningServer server = start();
    private String input = "";
    private Session session;

    private RunningServer start() {
        try {
            return MeerkatServer.of(runtime).rest(HOST, 0).tcp(HOST, 0).start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        goOn.release(100);
        server.close();
        runtime.close();
    }

    private int port(int listener) {
        return server.addresses().get(listener).getPort();
    }

    private JsonNode overRest() throws IOException {
        URI uri = URI.create("http://" + HOST + ":" + port(0) + "/sessions/" + session.id() + "/inputs/" + input);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        assertThat(connection.getResponseCode()).isEqualTo(200);
        return WireJson.read(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .path("state");
    }

    private JsonNode overRpc() throws IOException {
        try (Socket socket = new Socket(HOST, port(1))) {
            String line =
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/input_status\",\"params\":{\"session_id\":\""
                            + session.id() + "\",\"selector\":{\"by\":\"input_id\",\"value\":\"" + input + "\"}}}\n";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            return WireJson.read(lines.readLine()).at("/result/state");
        }
    }

    private void assertTold(String state, int attempts) throws IOException {
        for (JsonNode told : new JsonNode[] {overRest(), overRpc()}) {
            assertThat(told.path("current_state").asText()).as(told.toString()).isEqualTo(state);
            assertThat(told.path("attempt_count").intValue())
                    .as(told.toString())
                    .isEqualTo(attempts);
        }
    }

    private void awaitAttempt() throws InterruptedException {
        assertThat(begun.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private void await(Class<? extends SessionEvent> type) throws InterruptedException {
        try (EventStream events = session.events(Cursor.START)) {
            Optional<SessionEvent> next;
            do {
                next = events.next(Duration.ofSeconds(SECONDS));
                assertThat(next).as(type.getSimpleName()).isPresent();
            } while (!type.isInstance(next.orElseThrow()));
        }
    }

    @Test
    void itGrowsWithEachAttemptStaysWithADeadLetterAndGoesOnWhenThatIsRedriven() throws Exception {
        session = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        await(SessionEvent.TurnCompleted.class);
        session.startTurn("hold");
        awaitAttempt();
        ExternalEvent event = ExternalEvent.genericJson("try", Json.of(Map.of("n", 1)));
        input = ((EventOutcome.Accepted) session.sendExternalEvent(event))
                .inputId()
                .orElseThrow()
                .toString();
        assertTold("queued", 0);

        goOn.release();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            awaitAttempt();
            assertTold("staged", attempt);
            goOn.release();
        }
        await(SessionEvent.InputDeadLettered.class);
        assertTold("abandoned", ATTEMPTS);

        failing = false;
        session.redrive(InputId.of(input));
        awaitAttempt();
        assertTold("staged", ATTEMPTS + 1);
    }
}
