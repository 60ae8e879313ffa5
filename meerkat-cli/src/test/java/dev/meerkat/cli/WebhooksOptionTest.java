package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meerkat.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes of webhooks from a file. */
class WebhooksOptionTest {
    private static final String BODY =
            "{\"action\":\"completed\",\"workflow_run\":{\"id\":1742,\"conclusion\":\"failure\"}}";

    /** {@code printf %s "$BODY" | openssl dgst -sha256 -hmac a-secret}. */
    private static final String SIGNATURE = "73393f1674e877e001a864ae6597e70f32f93a7186c8a5ad6e080e718b8ab404";

    @TempDir
    Path directory;

    private String file(String text) throws IOException {
        Path file = directory.resolve("webhooks.json");
        Files.writeString(file, text);
        return file.toString();
    }

    @Test
    void aSignedDeliveryCreatesTheSessionAndIsKeptOnce() throws Exception {
        Files.writeString(directory.resolve("secret"), "a-secret\n");
        String routes = file("""
                {"routes": {"github": {
                  "preset": "github",
                  "create": {"comms_name": "triage", "prompt": "You triage."},
                  "secrets": [{"file": "secret"}]}}}
                """);
        String store = directory.resolve("s.db").toString();
        Cmd.Running server = Cmd.start(
                InputStream.nullInputStream(),
                "serve",
                "--json",
                "--rest",
                "127.0.0.1:0",
                "--store",
                store,
                "--webhooks",
                routes);
        String line = server.awaitOutput("\"webhook\"")
                .lines()
                .filter(text -> text.contains("\"webhook\""))
                .findFirst()
                .orElseThrow();
        String url = Json.parse(line).at("/url").orElseThrow().as(String.class);
        assertThat(url).endsWith("/hooks/github");

        assertThat(deliver(url, SIGNATURE)).isEqualTo(202);
        assertThat(deliver(url, SIGNATURE)).isEqualTo(200);
        assertThat(deliver(url, SIGNATURE.replace('7', '8'))).isEqualTo(401);

        server.stop().ok();
        assertThat(Cmd.run("tail", "--store", store, "triage").ok().out())
                .containsOnlyOnce("admitted event workflow_run from github");
    }

    @Test
    void whatHappensIsToldAndHowFarStandsBesideTheStore() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                told.add(exchange.getRequestHeaders().getFirst("webhook-signature") + " " + body);
                exchange.sendResponseHeaders(204, -1);
            }
        });
        receiver.start();
        Files.writeString(directory.resolve("secret"), "a-secret\n");
        Files.writeString(directory.resolve("signing"), "whsec_MDEyMzQ1Njc4OWFiY2RlZg==");
        String config =
                file("""
                {"routes": {"github": {
                  "preset": "github",
                  "create": {"comms_name": "triage", "prompt": "You triage."},
                  "secrets": [{"file": "secret"}]}},
                 "notifications": {"ops": {
                  "url": "http://127.0.0.1:PORT/told",
                  "types": ["turn_completed"],
                  "secrets": [{"file": "signing"}]}}}
                """.replace("PORT", Integer.toString(receiver.getAddress().getPort())));
        Path store = directory.resolve("s.db");
        Cmd.Running server = Cmd.start(
                InputStream.nullInputStream(),
                "serve",
                "--json",
                "--rest",
                "127.0.0.1:0",
                "--store",
                store.toString(),
                "--webhooks",
                config);
        String line = server.awaitOutput("\"webhook\"")
                .lines()
                .filter(text -> text.contains("\"webhook\""))
                .findFirst()
                .orElseThrow();
        assertThat(deliver(Json.parse(line).at("/url").orElseThrow().as(String.class), SIGNATURE))
                .isEqualTo(202);
        assertThat(told.poll(60, TimeUnit.SECONDS)).startsWith("v1,").contains("\"turn_completed\"", "\"triage\"");
        server.stop().ok();
        receiver.stop(0);
        assertThat(Files.readString(directory.resolve("s.db.notifications"))).contains(" ops ");
    }

    private static int deliver(String url, String signature) throws IOException {
        HttpURLConnection post = (HttpURLConnection) URI.create(url).toURL().openConnection();
        post.setRequestMethod("POST");
        post.setDoOutput(true);
        post.setRequestProperty("Content-Type", "application/json");
        post.setRequestProperty("X-GitHub-Event", "workflow_run");
        post.setRequestProperty("X-GitHub-Delivery", "72d3162e");
        post.setRequestProperty("X-Hub-Signature-256", "sha256=" + signature);
        post.getOutputStream().write(BODY.getBytes(StandardCharsets.UTF_8));
        return post.getResponseCode();
    }

    @Test
    void aFileThatCannotBeIsRefusedBeforeAnythingListens() throws IOException {
        String routes = file("{\"routes\": {\"github\": {\"preset\": \"github\", \"sesion\": \"a\"}}}");
        Cmd.run("serve", "--rest", "127.0.0.1:0", "--webhooks", routes)
                .failsWith(ExitCode.INVALID, "routes.github.sesion is not a known field; did you mean session?");
        Cmd.run("serve", "--tcp", "127.0.0.1:0", "--webhooks", routes).failsWith(ExitCode.INVALID, "needs --rest");
        Cmd.run(
                        "serve",
                        "--rest",
                        "127.0.0.1:0",
                        "--webhooks",
                        directory.resolve("none").toString())
                .failsWith(ExitCode.INVALID, "webhooks file does not exist");
    }

    @Test
    void aBlankSecretIsRefused() throws IOException {
        String routes = file("{\"routes\": {\"github\": {\"preset\": \"github\", \"session\": \"a\", "
                + "\"secrets\": [{\"env\": \"HOOK\"}]}}}");
        Cmd.run(
                        InputStream.nullInputStream(),
                        Map.of("HOOK", " "),
                        "serve",
                        "--rest",
                        "127.0.0.1:0",
                        "--webhooks",
                        routes)
                .failsWith(ExitCode.INVALID, "routes.github.secrets[0].env must not be blank: \"HOOK\"");
        Cmd.run("serve", "--rest", "127.0.0.1:0", "--webhooks", routes)
                .failsWith(ExitCode.INVALID, "is not set in the environment: \"HOOK\"");
    }

    @Test
    void programsOfAgentsDoNotGetTheVariablesInWhichSecretsAre() throws Exception {
        assertThat(System.getenv()).containsKey("HOME");
        try (Programs programs = new Programs("withheld")) {
            programs.withhold(Set.of("HOME"));
            Programs.Program program = programs.start(List.of("sh", "-c", "echo ${HOME-none}"), "1", Map.of());
            assertThat(program.process().getInputStream().readAllBytes())
                    .isEqualTo("none\n".getBytes(StandardCharsets.UTF_8));
            programs.ended(program);
        }
    }
}
