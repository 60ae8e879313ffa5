package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.ManualTicks;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.Slowloris;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.methods.MeerkatCalls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hosts may take of a listener, whose seconds the test counts. */
@Timeout(60)
class McpBoundsTest {
    private static final String INITIALIZE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}";
    private static final String ACCEPT = "Accept: application/json, text/event-stream\r\n";
    private static final String FULL = "HTTP/1.1 503 ";
    private static final int SESSIONS = 3;
    private static final int KEPT_SECONDS = 1_200;

    private final Meerkat meerkat =
            MeerkatRuntime.of(turn -> turn.inputs().size() + " seen").open();
    private final Workers workers = new Workers(100);
    private final ManualTicks beat = new ManualTicks();
    private McpHttpListener listener;

    @BeforeEach
    void open() throws IOException {
        ServerLimits limits = ServerLimits.defaults().withStreams(SESSIONS);
        ServerContext shared = new ServerContext(
                new MeerkatCalls(meerkat, SessionSpec.DEFAULT_REALM, ContractLine.NEWEST, limits, workers, true),
                limits,
                workers,
                new ToolHosts(),
                SendMemory.ofHeap(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        listener = McpHttpListener.open(shared, "127.0.0.1", 0, beat);
    }

    @AfterEach
    void close() {
        listener.close(Duration.ofSeconds(1));
        workers.close();
        meerkat.close();
    }

    private Socket connected() throws IOException {
        return new Socket("127.0.0.1", listener.address().orElseThrow().getPort());
    }

    private static String head(String verb, String headers, int length) {
        return verb + " /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: " + length + "\r\n\r\n";
    }

    private String ask(String verb, String headers, String body) throws IOException {
        try (Socket socket = connected()) {
            socket.setSoTimeout(30_000);
            String request = head(verb, "Connection: close\r\n" + headers, body.length()) + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String initialize() throws IOException {
        return ask("POST", ACCEPT, INITIALIZE);
    }

    private String begun() throws IOException {
        String answer = initialize();
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        return answer.lines()
                .filter(line -> line.regionMatches(true, 0, "mcp-session-id: ", 0, 16))
                .findFirst()
                .orElseThrow()
                .substring(16);
    }

    private String of(String session, String verb, String body) throws IOException {
        return ask(verb, ACCEPT + "Mcp-Session-Id: " + session + "\r\n", body);
    }

    @Test
    void sessionsOverTheLimitAreRefusedUntilOneIsEnded() throws Exception {
        String first = begun();
        begun();
        begun();

        assertThat(initialize()).startsWith(FULL).contains("Retry-After: ", "sessions of MCP");
        assertThat(of(first, "POST", PING)).startsWith("HTTP/1.1 200 ");

        assertThat(of(first, "DELETE", "")).startsWith("HTTP/1.1 200 ");
        begun();
        assertThat(initialize()).startsWith(FULL);
    }

    @Test
    void theSilentOnesAreNoLongerCountedWhenTheyAreForgotten() throws Exception {
        String first = begun();
        begun();
        begun();
        beat.seconds(KEPT_SECONDS);
        assertThat(initialize()).startsWith(FULL);
        assertThat(of(first, "POST", PING)).startsWith("HTTP/1.1 200 ");

        beat.seconds(1);

        begun();
        begun();
        assertThat(initialize()).as("the first was heard of").startsWith(FULL);
    }

    @Test
    void aHeaderThatIsThereTwiceIsRefusedByName() throws Exception {
        String session = begun();

        assertThat(ask("POST", ACCEPT + "Mcp-Session-Id: " + session + "\r\nMcp-Session-Id: x\r\n", PING))
                .startsWith("HTTP/1.1 400 ")
                .contains("Mcp-Session-Id must be there once");
        assertThat(ask("POST", ACCEPT + "MCP-Protocol-Version: 2025-06-18\r\nMCP-Protocol-Version: 1\r\n", INITIALIZE))
                .startsWith("HTTP/1.1 400 ")
                .contains("MCP-Protocol-Version must be there once");
    }

    @Test
    void whatIsNoSessionTakesNoPlace() throws Exception {
        for (int i = 0; i < 2 * SESSIONS; i++) {
            assertThat(ask("POST", "Accept: text/plain\r\n", INITIALIZE)).startsWith("HTTP/1.1 400 ");
            assertThat(of("unknown", "POST", PING)).startsWith("HTTP/1.1 404 ");
        }
        for (int i = 0; i < SESSIONS; i++) {
            begun();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100_000})
    void whatTricklesInIsNotWaitedForForever(int length) throws Exception {
        try (Socket slow = connected()) {
            String begin = length == 0 ? "POST /mcp HT" : head("POST", ACCEPT, length);
            slow.getOutputStream().write(begin.getBytes(StandardCharsets.UTF_8));
            Await.until(() -> listener.connections() == 1);

            assertThat(Slowloris.untilCut(slow, beat)).doesNotContain("200 OK");
        }
        begun();
    }
}
