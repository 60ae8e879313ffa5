package dev.meerkat.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The application as a process of its own, as its users reach it: over HTTP. */
final class Instance implements AutoCloseable {
    private static final String SECRET = "It's a Secret to Everybody";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Pattern ANSWER = Pattern.compile("Build (\\d+) failed");
    private static final int SIGTERM = 15;

    private final Process process;
    private final BufferedReader output;
    private int port;

    private Instance(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** Starts a process that is not waited for yet. */
    static Instance begin(Path directory, List<String> arguments) throws IOException {
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
        return new Instance(builder.start());
    }

    static Instance start(Path directory, List<String> arguments) throws IOException {
        return begin(directory, arguments).awaitStart();
    }

    /** Returns when the web server takes requests. */
    Instance awaitStart() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            Matcher started = PORT.matcher(line);
            if (started.find()) {
                port = Integer.parseInt(started.group(1));
                Thread drain = new Thread(this::drain);
                drain.setDaemon(true);
                drain.start();
                return this;
            }
        }
        throw new AssertionError(String.join("\n", lines));
    }

    /** So that the process never waits to print. */
    private void drain() {
        try {
            output.lines().forEach(line -> {});
        } catch (UncheckedIOException e) {
            // The process was killed.
        }
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** As {@code kill}. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end that {@link #terminate} has begun. */
    void awaitOrderlyEnd() throws InterruptedException {
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + SIGTERM);
    }

    @Override
    public void close() {
        kill();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** What GitHub sends when a build has failed, with its signature. */
    HttpResponse<String> deliver(int run) throws Exception {
        String body = "{\"action\":\"completed\",\"workflow_run\":{\"id\":" + run + ",\"conclusion\":\"failure\"}}";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature = HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        return send(request("/hooks/github")
                .header("Content-Type", "application/json")
                .header("X-GitHub-Event", "workflow_run")
                .header("X-GitHub-Delivery", "delivery-" + run)
                .header("X-Hub-Signature-256", "sha256=" + signature)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** The events of a session, from its first on. */
    HttpResponse<InputStream> stream(String session) throws IOException, InterruptedException {
        return HTTP.send(request("/sessions/" + session + "/events").build(), BodyHandlers.ofInputStream());
    }

    private BufferedReader lines(String session) throws IOException, InterruptedException {
        return new BufferedReader(new InputStreamReader(stream(session).body(), StandardCharsets.UTF_8));
    }

    /** The builds that the owner answers about, each as often as it does, until it has done so for as many builds. */
    List<Integer> answered(int builds) throws Exception {
        List<Integer> all = new ArrayList<>();
        Set<Integer> different = new TreeSet<>();
        try (BufferedReader lines = lines("owner")) {
            while (different.size() < builds) {
                Matcher answer = ANSWER.matcher(nextAnswer(lines));
                while (answer.find()) {
                    all.add(Integer.parseInt(answer.group(1)));
                }
                different.addAll(all);
            }
        }
        return all;
    }

    /** What the owner answers, until a text is in it. */
    String answersUntil(String text) throws Exception {
        StringBuilder answers = new StringBuilder();
        try (BufferedReader lines = lines("owner")) {
            while (answers.indexOf(text) < 0) {
                answers.append(nextAnswer(lines));
            }
        }
        return answers.toString();
    }

    private static String nextAnswer(BufferedReader lines) throws IOException {
        while (true) {
            String line = lines.readLine();
            assertThat(line).as("the stream goes on").isNotNull();
            if (line.startsWith("data: ") && line.contains("\"turn_completed\"")) {
                return line;
            }
        }
    }

    /** The log of a session up to now. */
    List<String> logged(String session) throws Exception {
        List<String> logged = new ArrayList<>();
        try (BufferedReader lines = lines(session)) {
            for (String line = lines.readLine(); line != null && !line.equals(": quiet"); line = lines.readLine()) {
                logged.add(line);
            }
        }
        return logged;
    }

    /** No attempt at a turn has failed, and nothing was given up. */
    void assertNothingBurned() throws Exception {
        assertThat(get("/actuator/health").body()).contains("\"deadLetters\":false");
        for (String session : List.of("triage", "owner")) {
            assertThat(logged(session)).noneMatch(line -> line.contains("turn_failed"));
        }
    }
}
