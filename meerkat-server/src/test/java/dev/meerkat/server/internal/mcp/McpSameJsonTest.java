package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same JSON in another spelling is the same event for MCP, and comes back as it was sent first. */
@Timeout(120)
class McpSameJsonTest {
    private static final int GUARD_MILLIS = 30_000;
    private static final String FIRST =
            "{\"v\":1e-7,\"n\":[-0,100,1.50],\"t\":\"A/\u00e9\",\"big\":12345678901234567890}";
    private static final String SAME =
            "{\"big\":1.2345678901234567890e19,\"t\":\"\\u0041\\/\\u00e9\",\"n\":[0,1E2,1.5],\"v\":0.0000001}";
    private static final String OTHER = FIRST.replace("1e-7", "1e-8");

    private final Meerkat meerkat = MeerkatRuntime.of(turn -> "done").open();

    @AfterEach
    void close() {
        meerkat.close();
    }

    /** A host that writes its arguments itself. */
    @FunctionalInterface
    private interface Host {
        /** The answer to a message, as it came. */
        String say(String message) throws Exception;
    }

    @Test
    void overStandardInput() throws Exception {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(port.getInetAddress(), port.getLocalPort());
                Socket far = port.accept();
                RunningServer server = MeerkatServer.of(meerkat)
                        .mcpStreams(far.getInputStream(), far.getOutputStream())
                        .start()) {
            near.setSoTimeout(GUARD_MILLIS);
            LineReader lines = new LineReader(near.getInputStream(), 1 << 20);
            isTheSame(message -> {
                near.getOutputStream().write((message + "\n").getBytes(StandardCharsets.UTF_8));
                if (!message.contains("\"id\"")) {
                    return "";
                }
                LineReader.Line line = lines.next();
                assertThat(line).as("an answer").isNotNull();
                return new String(line.bytes(), line.offset(), line.length(), StandardCharsets.UTF_8);
            });
            near.shutdownOutput();
            assertThat(server.awaitEnd(Duration.ofMillis(GUARD_MILLIS))).isTrue();
        }
    }

    @Test
    void overHttp() throws Exception {
        try (RunningServer server =
                MeerkatServer.of(meerkat).mcp("127.0.0.1", 0).start()) {
            URI uri = URI.create("http://127.0.0.1:" + server.addresses().get(0).getPort() + "/mcp");
            String[] session = new String[1];
            isTheSame(message -> {
                HttpURLConnection asked = (HttpURLConnection) uri.toURL().openConnection();
                asked.setReadTimeout(GUARD_MILLIS);
                asked.setDoOutput(true);
                asked.setRequestProperty("Content-Type", "application/json");
                asked.setRequestProperty("Accept", "application/json, text/event-stream");
                if (session[0] != null) {
                    asked.setRequestProperty("Mcp-Session-Id", session[0]);
                }
                asked.getOutputStream().write(message.getBytes(StandardCharsets.UTF_8));
                assertThat(asked.getResponseCode()).isBetween(200, 202);
                if (session[0] == null) {
                    session[0] = asked.getHeaderField("Mcp-Session-Id");
                }
                try (InputStream in = asked.getInputStream()) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> line.contains("{"))
                            .map(line -> line.substring(line.indexOf('{')))
                            .findFirst()
                            .orElse("");
                }
            });
        }
    }

    private void isTheSame(Host host) throws Exception {
        Session session = meerkat.create(SessionSpec.ofPrompt("Watch.").withKeepAliveAs("agent-a"));
        host.say("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
        host.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

        JsonNode accepted = result(event(host, session, FIRST));
        JsonNode duplicate = result(event(host, session, SAME));
        String conflict = event(host, session, OTHER);

        assertThat(duplicate.path("input_id").textValue())
                .as(accepted + " " + duplicate)
                .isNotBlank()
                .isEqualTo(accepted.path("input_id").textValue());
        assertThat(conflict).contains("idempotency conflict").contains("\"error\"");
        assertThat(session.initialTurn().orElseThrow().await(Duration.ofSeconds(30)))
                .isPresent();
        String answer = "";
        while (!answer.contains("external_event")) {
            answer = tool(host, "meerkat_history", "{\"session_id\":\"" + session.id() + "\"}");
        }
        String history = result(answer).toString();
        assertThat(history).contains("\"payload\":" + FIRST);
        assertThat(session.history(0, 100).entries().stream()
                        .filter(TranscriptEntry.Input.class::isInstance)
                        .map(entry -> ((TranscriptEntry.Input) entry).input().body())
                        .filter(InputBody.External.class::isInstance)
                        .map(body ->
                                ((InputBody.External) body).event().payload().text()))
                .containsExactly(FIRST);
    }

    private static String event(Host host, Session session, String payload) throws Exception {
        return tool(
                host,
                "meerkat_external_event",
                "{\"session_id\":\"" + session.id() + "\",\"kind\":\"generic_json\",\"event_type\":\"push\","
                        + "\"idempotency_key\":\"k\",\"payload\":" + payload + "}");
    }

    private static String tool(Host host, String name, String arguments) throws Exception {
        return host.say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"" + name
                + "\",\"arguments\":" + arguments + "}}");
    }

    private static JsonNode result(String answer) throws IOException {
        JsonNode text = read(answer).at("/result/content/0/text");
        assertThat(text.isTextual()).as(answer).isTrue();
        return read(text.textValue());
    }

    private static JsonNode read(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return WireJson.read(bytes, 0, bytes.length);
    }
}
