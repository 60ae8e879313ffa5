package dev.meerkat.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The application as a process of its own, over HTTP. */
@Timeout(600)
class TriageApplicationTest {
    private static final String SECRET = "It's a Secret to Everybody";
    private static final int DELIVERIES = 20;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Pattern ANSWER = Pattern.compile("Build (\\d+) failed");

    @TempDir
    Path directory;

    private List<String> arguments = List.of();
    private Process process;
    private int port;

    /** Where the sessions are. */
    private enum Store {
        FILE,
        POSTGRESQL;

        private static int databases;

        List<String> arguments() throws IOException, SQLException {
            if (this == FILE) {
                return List.of();
            }
            String name = "triage" + ++databases;
            try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            }
            return List.of(
                    "--spring.profiles.active=postgresql",
                    "--meerkat.store.lease=3s",
                    "--spring.datasource.url=" + Server.POSTGRES.getJdbcUrl("postgres", name));
        }
    }

    /** Started once, and ends with this process. */
    private static final class Server {
        static final EmbeddedPostgres POSTGRES = postgres();

        private static EmbeddedPostgres postgres() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("fsync", "off")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TriageApplication.class.getName(),
                "--server.port=0",
                "--meerkat.events.heartbeat=1s",
                // Whatever held up the exit would hold it up for longer than the test waits.
                "--spring.lifecycle.timeout-per-shutdown-phase=10m"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("GITHUB_WEBHOOK_SECRET", SECRET);
        process = builder.start();
        BufferedReader output = process.inputReader();
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            Matcher started = PORT.matcher(line);
            if (started.find()) {
                port = Integer.parseInt(started.group(1));
                Thread drain = new Thread(() -> drain(output));
                drain.setDaemon(true);
                drain.start();
                return;
            }
        }
        throw new AssertionError(String.join("\n", lines));
    }

    /** So that the process never waits to print. */
    private static void drain(BufferedReader output) {
        try {
            output.lines().forEach(line -> {});
        } catch (UncheckedIOException e) {
            // The process was killed.
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private HttpResponse<String> deliver(int run) throws Exception {
        String body = "{\"action\":\"completed\",\"workflow_run\":{\"id\":" + run + ",\"conclusion\":\"failure\"}}";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature = HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        return HTTP.send(
                request("/hooks/github")
                        .header("Content-Type", "application/json")
                        .header("X-GitHub-Event", "workflow_run")
                        .header("X-GitHub-Delivery", "delivery-" + run)
                        .header("X-Hub-Signature-256", "sha256=" + signature)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    /** The builds that the owner answers about, each as often as it does, until it has done so for as many builds. */
    private List<Integer> answered(int builds) throws Exception {
        List<Integer> all = new ArrayList<>();
        Set<Integer> different = new TreeSet<>();
        HttpResponse<InputStream> stream =
                HTTP.send(request("/sessions/owner/events").build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            while (different.size() < builds) {
                String line = lines.readLine();
                assertThat(line).as("the stream goes on").isNotNull();
                if (line.startsWith("data: ") && line.contains("\"turn_completed\"")) {
                    Matcher answer = ANSWER.matcher(line);
                    while (answer.find()) {
                        all.add(Integer.parseInt(answer.group(1)));
                    }
                    different.addAll(all);
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void whatWasTakenIsAnsweredOnceThoughTheProcessIsKilled(Store store) throws Exception {
        arguments = store.arguments();
        start();
        for (int run = 1; run <= DELIVERIES; run++) {
            assertThat(deliver(run).statusCode()).isEqualTo(202);
        }
        process.destroyForcibly().waitFor(); // as kill -9

        start();
        for (int run = 1; run <= DELIVERIES; run++) {
            assertThat(deliver(run).statusCode()).as("a duplicate").isEqualTo(200);
        }
        assertThat(deliver(DELIVERIES + 1).statusCode()).isEqualTo(202);
        assertThat(answered(DELIVERIES + 1)).hasSize(DELIVERIES + 1).doesNotHaveDuplicates();
        HttpResponse<String> history =
                HTTP.send(request("/sessions/triage/history").build(), BodyHandlers.ofString());
        assertThat(history.body()).startsWith("{\"entries\":");
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownDoesNotWaitForOpenStreamsAndLosesNothing(Store store) throws Exception {
        arguments = store.arguments();
        start();
        HttpResponse<InputStream> stream =
                HTTP.send(request("/sessions/owner/events").build(), BodyHandlers.ofInputStream());
        for (int run = 1; run <= DELIVERIES; run++) {
            assertThat(deliver(run).statusCode()).isEqualTo(202);
        }
        process.destroy(); // as kill
        stream.body().readAllBytes(); // ends in order: a connection that breaks would throw
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);

        start();
        assertThat(answered(DELIVERIES)).hasSize(DELIVERIES).doesNotHaveDuplicates();
        HttpResponse<String> health = HTTP.send(request("/actuator/health").build(), BodyHandlers.ofString());
        assertThat(health.body()).contains("\"deadLetters\":false");
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownUnderLoadBurnsNothing(Store store) throws Exception {
        arguments = store.arguments();
        start();
        CountDownLatch load = new CountDownLatch(DELIVERIES);
        AtomicInteger runs = new AtomicInteger();
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread sender = new Thread(() -> {
                try {
                    while (deliver(runs.incrementAndGet()).statusCode() == 202) {
                        load.countDown();
                    }
                } catch (Exception e) {
                    // The server has gone; the sender comes again after the restart.
                }
            });
            senders.add(sender);
            sender.start();
        }
        load.await();
        process.destroy(); // as kill, while deliveries come in
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);

        start();
        int all = runs.get();
        for (int run = 1; run <= all; run++) {
            assertThat(deliver(run).statusCode()).isIn(200, 202);
        }
        assertThat(answered(all)).hasSize(all).doesNotHaveDuplicates();
        HttpResponse<String> health = HTTP.send(request("/actuator/health").build(), BodyHandlers.ofString());
        assertThat(health.body()).contains("\"deadLetters\":false");
        for (String session : List.of("triage", "owner")) {
            assertThat(logged(session)).noneMatch(line -> line.contains("turn_failed"));
        }
    }

    /** The log of a session up to now. */
    private List<String> logged(String session) throws Exception {
        HttpResponse<InputStream> stream =
                HTTP.send(request("/sessions/" + session + "/events").build(), BodyHandlers.ofInputStream());
        List<String> logged = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && !line.equals(": quiet"); line = lines.readLine()) {
                logged.add(line);
            }
        }
        return logged;
    }

    @Test
    void aNoteAndItsEventAreBothThereOrNeither() throws Exception {
        arguments = Store.POSTGRESQL.arguments();
        start();
        assertThat(note(7, "flaky").statusCode()).isEqualTo(200);
        assertThat(note(7, "twice").statusCode()).as("the row cannot be").isEqualTo(500);
        assertThat(note(8, "real").statusCode()).isEqualTo(200);
        HttpResponse<InputStream> stream =
                HTTP.send(request("/sessions/owner/events").build(), BodyHandlers.ofInputStream());
        StringBuilder answers = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            while (answers.indexOf("real") < 0) {
                String line = lines.readLine();
                assertThat(line).as("the stream goes on").isNotNull();
                if (line.startsWith("data: ") && line.contains("\"turn_completed\"")) {
                    answers.append(line);
                }
            }
        }
        assertThat(answers.toString()).containsOnlyOnce("flaky").doesNotContain("twice");
    }

    private HttpResponse<String> note(int run, String note) throws Exception {
        return HTTP.send(
                request("/builds/" + run + "/note")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString(note))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void aDeliveryWithoutItsSignatureIsRefused() throws Exception {
        start();
        HttpResponse<String> answer = HTTP.send(
                request("/hooks/github")
                        .header("X-GitHub-Event", "workflow_run")
                        .header("X-GitHub-Delivery", "forged")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(HTTP.send(request("/sessions/triage/history").build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(404);
    }
}
