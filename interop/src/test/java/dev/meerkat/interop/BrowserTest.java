package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A page of the web, open in a real browser on the machine of a server without a token, does all that pages can do without
 * being allowed to, and under a name of its own that leads to the server. Nothing of it takes effect.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BrowserTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
    private static final String FOREIGN = "page.example";
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void nothingThatAForeignPageTriesTakesEffect() throws Exception {
        Command.need("chromium");
        try (Command server = server()) {
            List<String> ports = ports(server);
            String rest = "http://127.0.0.1:" + ports.get(0);
            String session = JSON.readTree(post(rest + "/sessions", "{\"prompt\":\"Hello.\",\"comms_name\":\"a\"}"))
                    .path("session_id")
                    .asText();
            JsonNode before = log(rest, session);

            JsonNode tried = visit(ports, session);

            // The browser did send them, but was never allowed to read an answer.
            assertThat(tried.path("REST, text").asText())
                    .as(tried.toPrettyString())
                    .isEqualTo("opaque");
            assertThat(tried.path("REST, get").asText()).isEqualTo("opaque");
            assertThat(tried.path("MCP, text").asText()).isEqualTo("opaque");
            assertThat(tried.path("REST, JSON").asText()).startsWith("TypeError");
            assertThat(tried.path("TCP, text").asText()).startsWith("TypeError");
            assertThat(server.errors()).contains("closed, because it sent a line that is no JSON object");
            assertThat(log(rest, session)).isEqualTo(before);
            assertThat(get(rest + "/sessions").path("sessions")).hasSize(1);
            // What a program of this machine sends does take effect, and with it would what had been taken in before.
            post(
                    rest + "/sessions/" + session + "/messages",
                    "{\"session_id\":\"" + session + "\",\"prompt\":\"Hello again.\"}");
            assertThat(log(rest, session)).hasSize(before.size() + 2);
            assertThat(log(rest, session).toString()).contains("Hello again.").doesNotContain("The page was here.");
        }
    }

    private Command server() throws IOException {
        List<String> words = new ArrayList<>(List.of(Command.packaged("meerkat"), "serve", "--agent", "echo"));
        for (String listener : List.of("--rest", "--tcp", "--mcp")) {
            words.addAll(List.of(listener, "127.0.0.1:0"));
        }
        return Command.start(Map.of(), words);
    }

    /** Of REST, TCP and MCP, in the order in which the server tells them. */
    private static List<String> ports(Command server) throws IOException {
        List<String> ports = new ArrayList<>();
        while (ports.size() < 3) {
            Matcher port = PORT.matcher(server.lineWith("127.0.0.1:"));
            while (port.find()) {
                ports.add(port.group(1));
            }
        }
        return ports;
    }

    /** Opens the page in the browser until it says what became of its tries. */
    private JsonNode visit(List<String> ports, String session) throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String page = page().replace("{rest}", ports.get(0))
                .replace("{tcp}", ports.get(1))
                .replace("{mcp}", ports.get(2))
                .replace("{session}", session);
        pages.createContext("/", exchange -> answer(exchange, page, told));
        pages.start();
        Process browser = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        // Newer browsers keep such pages from this machine by themselves; older ones do not.
                        "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
                        "--user-data-dir=" + Files.createDirectory(directory.resolve("browser")),
                        "--host-resolver-rules=MAP " + FOREIGN + " 127.0.0.1",
                        "--remote-debugging-port=0",
                        "http://" + FOREIGN + ":" + pages.getAddress().getPort() + "/")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("browser.txt").toFile())
                .start();
        try {
            return JSON.readTree(told.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new AssertionError("the page told nothing; " + Files.readString(directory.resolve("browser.txt")), e);
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            pages.stop(0);
        }
    }

    private static void answer(HttpExchange exchange, String page, CompletableFuture<String> told) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            told.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        }
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String page() throws IOException {
        try (var page = BrowserTest.class.getResourceAsStream("/browser/page.html")) {
            if (page == null) {
                throw new IOException("no page");
            }
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What the session has in its transcript. */
    private JsonNode log(String rest, String session) throws Exception {
        return get(rest + "/sessions/" + session + "/history").path("messages");
    }

    private JsonNode get(String uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).build();
        return JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private String post(String uri, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
