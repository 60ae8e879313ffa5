package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

/** A Boot application with a real web server, over HTTP. */
@Timeout(120)
class WebServerTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private ConfigurableApplicationContext context;
    private Meerkat meerkat;
    private Session session;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {
        @Bean
        Agent agent() {
            return turn -> "answer";
        }

        @Bean
        Api api(Meerkat meerkat, SessionEventStreams streams) {
            return new Api(meerkat, streams);
        }
    }

    @RestController
    static class Api {
        private final Meerkat meerkat;
        private final SessionEventStreams streams;
        private volatile CountDownLatch entered;
        private volatile CountDownLatch released;

        Api(Meerkat meerkat, SessionEventStreams streams) {
            this.meerkat = meerkat;
            this.streams = streams;
        }

        @PostMapping("/sessions/{name}/events")
        EventOutcome event(@PathVariable String name, @RequestBody String body) throws InterruptedException {
            return meerkat.open(name).sendExternalEvent(ExternalEvent.genericJson("push", Json.parse(body)));
        }

        @GetMapping("/sessions/{name}/events")
        ResponseBodyEmitter events(
                @PathVariable String name, @RequestHeader(name = "Last-Event-ID", required = false) String last)
                throws InterruptedException {
            return streams.of(meerkat.open(name), last);
        }

        @GetMapping("/sessions/{name}/history")
        HistoryPage history(@PathVariable String name) throws InterruptedException {
            return meerkat.open(name).history(0, 100);
        }

        @GetMapping("/by-id/{id}")
        SessionSnapshot snapshot(@PathVariable SessionId id) throws InterruptedException {
            return meerkat.open(id).snapshot();
        }

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            entered.countDown();
            released.await();
            return Sessions.ask(meerkat, SessionSpec.ofPrompt("during the shutdown"));
        }
    }

    @BeforeEach
    void start() throws Exception {
        SpringApplication application = new SpringApplication(Application.class);
        application.setRegisterShutdownHook(false);
        context = application.run(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--meerkat.events.streams=2",
                "--management.endpoints.web.exposure.include=health,meerkat",
                "--management.endpoint.health.show-details=always",
                "--spring.lifecycle.timeout-per-shutdown-phase=60s");
        Api api = context.getBean(Api.class);
        api.entered = entered;
        api.released = released;
        meerkat = context.getBean(Meerkat.class);
        session = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a"));
        assertThat(session.initialTurn().orElseThrow().await(Duration.ofSeconds(30)))
                .isPresent();
    }

    @AfterEach
    void stop() {
        released.countDown();
        context.close();
    }

    private HttpRequest.Builder request(String path) {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), BodyHandlers.ofString());
    }

    /** An open event stream. */
    private static final class Reader implements AutoCloseable {
        private final BufferedReader lines;
        private final HttpResponse<?> response;

        Reader(HttpRequest.Builder request) throws Exception {
            var answer = HTTP.send(request.build(), BodyHandlers.ofInputStream());
            response = answer;
            lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        }

        /** The lines up to one that begins so, or to the end. */
        List<String> until(String start) throws IOException {
            List<String> read = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read.add(line);
                if (line.startsWith(start)) {
                    break;
                }
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    @Test
    void aControllerReturnsValuesInTheirOwnForm() throws Exception {
        HttpResponse<String> accepted = HTTP.send(
                request("/sessions/agent-a/events")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"release\":\"2026.04.21\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(accepted.statusCode()).isEqualTo(200);
        assertThat(accepted.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(Json.parse(accepted.body()).at("/outcome")).hasValue(Json.of("accepted"));
        assertThat(get("/sessions/agent-a/history").body()).startsWith("{\"entries\":[{\"type\":");
        assertThat(Json.parse(get("/by-id/" + session.id()).body()).at("/comms_name"))
                .hasValue(Json.of("agent-a"));
    }

    @Test
    void theEndpointAndTheHealthTellOfSessions() throws Exception {
        Json told = Json.parse(get("/actuator/meerkat?limit=1").body());
        assertThat(told.at("/sessions/0/comms_name")).hasValue(Json.of("agent-a"));
        assertThat(told.at("/sessions/0/waiting_comms")).hasValue(Json.of(0));
        assertThat(told.at("/sessions/0/last_answer")).isEmpty();
        assertThat(told.at("/has_more")).hasValue(Json.of(false));
        assertThat(Json.parse(get("/actuator/meerkat/dead-letters").body()).at("/dead_letters"))
                .hasValue(Json.of(List.of()));
        assertThat(get("/actuator/meerkat/other").statusCode()).isEqualTo(404);
        assertThat(get("/actuator/meerkat?limit=0").statusCode()).isEqualTo(400);
        Json health = Json.parse(get("/actuator/health").body());
        assertThat(health.at("/components/meerkat/status")).hasValue(Json.of("UP"));
        assertThat(health.at("/components/meerkat/details/problemCount")).hasValue(Json.of(0));
    }

    @Test
    void eventsComeAsTheyHappenAndGoOnAfterTheLastOneThatAClientHas() throws Exception {
        List<String> first;
        try (Reader reader = new Reader(request("/sessions/agent-a/events"))) {
            assertThat(reader.response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            first = reader.until("event: turn_completed");
            assertThat(first).contains(": open", "id: 1");
            assertThat(reader.until("data: ").get(0)).contains("\"turn_completed\"", "answer");
            session.startTurn("more");
            assertThat(reader.until("event: turn_completed")).isNotEmpty();
        }
        List<String> ids =
                first.stream().filter(line -> line.startsWith("id: ")).toList();
        String last = ids.get(ids.size() - 1).substring(4);
        try (Reader reader = new Reader(request("/sessions/agent-a/events").header("Last-Event-ID", last))) {
            assertThat(reader.until("id: ")).contains("id: " + (Long.parseLong(last) + 1));
        }
        assertThat(HTTP.send(
                                request("/sessions/agent-a/events")
                                        .header("Last-Event-ID", "x")
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void oneStreamTooManyIsRefusedAndAnArchivedSessionEndsItsStreams() throws Exception {
        try (Reader one = new Reader(request("/sessions/agent-a/events"));
                Reader two = new Reader(request("/sessions/agent-a/events"))) {
            one.until("event: turn_completed");
            assertThat(get("/sessions/agent-a/events").statusCode()).isEqualTo(503);
            session.archive();
            assertThat(one.until("never")).anyMatch(line -> line.contains("archived"));
            assertThat(two.until("never")).anyMatch(line -> line.contains("archived"));
        }
        Session next = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-b"));
        // The places of the ended streams are free again, at the latest when their clients have read the end.
        try (Reader reader = new Reader(request("/sessions/agent-b/events"))) {
            assertThat(reader.until("event: turn_completed")).isNotEmpty();
        }
        next.archive();
    }

    @Test
    void aShutdownEndsOpenStreamsAndServesTheLastRequestsBeforeMeerkatCloses() throws Exception {
        try (Reader reader = new Reader(request("/sessions/agent-a/events"))) {
            reader.until("event: turn_completed");
            CompletableFuture<HttpResponse<String>> slow =
                    HTTP.sendAsync(request("/slow").build(), BodyHandlers.ofString());
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            Thread closing = new Thread(context::close);
            closing.start();
            reader.until("never"); // the end, while the web server still waits for the slow request
            assertThat(slow).isNotDone();
            released.countDown();
            HttpResponse<String> answer = slow.get(30, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("answer");
            closing.join(60_000);
            assertThat(closing.isAlive()).isFalse();
            assertThatThrownBy(() -> meerkat.open("agent-a")).isInstanceOf(MeerkatClosedException.class);
        }
    }
}
