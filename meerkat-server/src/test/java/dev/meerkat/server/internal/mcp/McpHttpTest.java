package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.internal.WireJson;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MCP over HTTP in front of a runtime, with the client of the official library. */
@Timeout(60)
class McpHttpTest {
    private static final Duration GUARD = Duration.ofSeconds(60);

    private final Meerkat meerkat = MeerkatRuntime.of(
                    turn -> "seen " + turn.inputs().size())
            .retry(RetryPolicy.none())
            .open();
    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = MeerkatServer.of(meerkat).mcp("127.0.0.1", 0).start();
    }

    @AfterEach
    void stop() {
        server.close();
        meerkat.close();
    }

    private static String url(RunningServer server) {
        return "http://127.0.0.1:" + server.addresses().get(0).getPort();
    }

    private static McpSyncClient client(RunningServer server) {
        return McpClient.sync(
                        HttpClientStreamableHttpTransport.builder(url(server)).build())
                .requestTimeout(GUARD)
                .initializationTimeout(GUARD)
                .build();
    }

    private static JsonNode call(McpSyncClient client, String tool, Map<String, Object> arguments) throws IOException {
        McpSchema.CallToolResult result = client.callTool(
                McpSchema.CallToolRequest.builder(tool).arguments(arguments).build());
        assertThat(result.isError()).isNotEqualTo(Boolean.TRUE);
        byte[] text = ((McpSchema.TextContent) result.content().get(0)).text().getBytes(StandardCharsets.UTF_8);
        return WireJson.read(text, 0, text.length);
    }

    private static Map<String, Object> of(String session) {
        return Map.of("session_id", session);
    }

    @Test
    void everyToolWorksOnce() throws Exception {
        try (McpSyncClient client = client(server)) {
            client.initialize();
            Set<String> names = client.listTools().tools().stream()
                    .map(McpSchema.Tool::name)
                    .collect(Collectors.toSet());
            String a = run(client, "agent-a");
            run(client, "agent-b");

            JsonNode resumed = call(client, "meerkat_resume", Map.of("session_id", a, "prompt", "again"));
            assertThat(resumed.path("content").path(0).path("text").textValue()).isEqualTo("seen 1");
            assertThat(call(client, "meerkat_read", of(a)).path("session_id").textValue())
                    .isEqualTo(a);
            assertThat(call(client, "meerkat_sessions", Map.of()).toString()).contains(a);
            assertThat(call(client, "meerkat_history", of(a)).toString()).contains("again");
            assertThat(call(client, "meerkat_comms_peers", of(a)).toString()).contains("agent-b");
            JsonNode sent = call(
                    client,
                    "meerkat_comms_send",
                    Map.of("session_id", a, "kind", "peer_message", "to", "agent-b", "body", "Build failed."));
            assertThat(sent.path("receipt").path("kind").textValue()).isEqualTo("peer_message_sent");
            Map<String, Object> event =
                    Map.of("session_id", a, "kind", "generic_json", "event_type", "deploy", "payload", Map.of("n", 1));
            assertThat(call(client, "meerkat_external_event", event).has("input_id"))
                    .isTrue();
            assertThat(call(client, "meerkat_capabilities", Map.of())
                            .path("contract_version")
                            .toString())
                    .contains("9");
            schedules(client, a);
            assertThat(call(client, "meerkat_interrupt", of(a)).isObject()).isTrue();
            streams(client, a);
            assertThat(call(client, "meerkat_archive", of(a)).isObject()).isTrue();
            assertThat(names)
                    .contains("meerkat_run", "meerkat_event_stream_open")
                    .hasSize(17);
        }
    }

    private static void schedules(McpSyncClient client, String session) throws IOException {
        JsonNode made = call(
                client,
                "meerkat_later",
                Map.of(
                        "session_id",
                        session,
                        "text",
                        "Write the report.",
                        "cron",
                        "0 9 * * MON-FRI",
                        "time_zone",
                        "Europe/Helsinki",
                        "misfire",
                        "skip",
                        "time_to_live",
                        "PT1H"));
        assertThat(made.at("/schedule/misfire").textValue()).isEqualTo("skip");
        String id = made.at("/schedule/schedule_id").textValue();
        call(client, "meerkat_later", Map.of("session_id", session, "text", "Look.", "in", "P1D"));
        JsonNode all = call(client, "meerkat_schedules", of(session)).path("schedules");
        assertThat(all.findValuesAsText("schedule_id")).hasSize(2).contains(id);
        JsonNode cancelled = call(client, "meerkat_cancel_schedule", Map.of("session_id", session, "schedule_id", id));
        assertThat(cancelled.path("cancelled").booleanValue()).isTrue();
        assertThat(call(client, "meerkat_schedules", of(session))
                        .path("schedules")
                        .size())
                .isEqualTo(1);
    }

    private static String run(McpSyncClient client, String name) throws IOException {
        JsonNode run = call(
                client, "meerkat_run", Map.of("prompt", "You are " + name, "keep_alive", true, "comms_name", name));
        assertThat(run.path("content").path(0).path("text").textValue()).isEqualTo("seen 1");
        return run.path("session_id").textValue();
    }

    private static void streams(McpSyncClient client, String session) throws IOException {
        String stream = call(client, "meerkat_event_stream_open", of(session))
                .path("stream_id")
                .textValue();
        call(client, "meerkat_resume", Map.of("session_id", session, "prompt", "watched"));
        JsonNode event;
        do {
            event = call(client, "meerkat_event_stream_read", Map.of("stream_id", stream, "timeout_ms", 20_000));
            assertThat(event.path("status").textValue()).isEqualTo("event");
        } while (!event.toString().contains("run_completed"));
        assertThat(call(client, "meerkat_event_stream_close", Map.of("stream_id", stream))
                        .path("closed")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void whatIsWrongIsAnErrorOfTheProtocol() {
        try (McpSyncClient client = client(server)) {
            client.initialize();
            assertThatThrownBy(() -> call(client, "meerkat_run", Map.of("prompt", 7)))
                    .isInstanceOfSatisfying(
                            McpError.class,
                            e -> assertThat(e.getJsonRpcError().code()).isEqualTo(-32602));
            assertThatThrownBy(() -> call(client, "meerkat_read", of("01900000-0000-7000-8000-000000000000")))
                    .isInstanceOfSatisfying(
                            McpError.class,
                            e -> assertThat(e.getJsonRpcError().code()).isEqualTo(-32001));
            assertThatThrownBy(() -> call(client, "meerkat_event_stream_read", Map.of("stream_id", "none")))
                    .isInstanceOf(McpError.class);
        }
    }

    @Test
    void theTokenIsAskedFor() throws Exception {
        try (RunningServer guarded =
                MeerkatServer.of(meerkat).token("t0ken").mcp("127.0.0.1", 0).start()) {
            String refused = post(guarded, "{}", "");
            assertThat(refused).startsWith("HTTP/1.1 401 ");
            assertThat(refused).contains("WWW-Authenticate: Bearer");
            assertThat(post(guarded, "{}", "Authorization: Bearer wrong\r\n")).startsWith("HTTP/1.1 401 ");
            String initialize =
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                            + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";
            assertThat(post(guarded, initialize, "Authorization: Bearer t0ken\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("meerkat-java");
        }
    }

    @Test
    void pagesOfTheWebAndWrongRequestsAreKeptOut() throws Exception {
        assertThat(post(server, "{}", "Origin: http://elsewhere.example\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(post(server, "{\"id\":", ""))
                .startsWith("HTTP/1.1 400 ")
                .contains("BAD_REQUEST")
                .doesNotContain("Server:", "Jetty");
        assertThat(post(server, "[]", "")).startsWith("HTTP/1.1 400 ");
        assertThat(post(server, "{}", "X: " + "x".repeat(17_000) + "\r\n")).startsWith("HTTP/1.1 431 ");
    }

    private static String post(RunningServer server, String body, String headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.addresses().get(0).getPort())) {
            socket.setSoTimeout((int) GUARD.toMillis());
            socket.getOutputStream()
                    .write(("POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
                                    + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
