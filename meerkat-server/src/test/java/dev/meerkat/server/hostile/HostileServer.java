package dev.meerkat.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.server.ServerLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A runtime that is served on all surfaces, with small limits. */
final class HostileServer implements AutoCloseable {
    static final int MESSAGE_BYTES = 64 << 10;
    static final int CONNECTIONS = 40;
    static final int STREAMS = 20;
    static final String MCP_ACCEPT = "Accept: application/json, text/event-stream\r\n";
    static final String JSON = "Content-Type: application/json\r\n";

    private static final ServerLimits LIMITS = new ServerLimits(MESSAGE_BYTES, CONNECTIONS, 30, STREAMS, 16);
    private static final int GUARD_MILLIS = 30_000;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Meerkat meerkat = MeerkatRuntime.of(
                    turn -> "seen " + turn.inputs().size())
            .retry(RetryPolicy.none())
            .open();
    private final RunningServer server;
    private final long files;
    final String session;

    HostileServer() throws Exception {
        server = MeerkatServer.of(meerkat)
                .limits(LIMITS)
                .rest("127.0.0.1", 0)
                .tcp("127.0.0.1", 0)
                .mcp("127.0.0.1", 0)
                .start();
        alive();
        session = Mutations.json(rest("POST", "/sessions", "{\"prompt\":\"x\"}".getBytes(StandardCharsets.UTF_8))
                        .body())
                .path("session_id")
                .textValue();
        files = files();
    }

    /** A bare connection to the listener of a number: 0 REST, 1 JSON-RPC, 2 MCP. */
    Socket socket(int listener) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.addresses().get(listener).getPort());
        socket.setSoTimeout(GUARD_MILLIS / 3);
        return socket;
    }

    LineClient rpc() throws IOException {
        return new LineClient(socket(1));
    }

    /** All that is answered to an input of lines, after its end. */
    String answers(boolean mcp, byte[] input) throws Exception {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        MeerkatServer lines = MeerkatServer.of(meerkat).limits(LIMITS);
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        try (RunningServer running = (mcp ? lines.mcpStreams(in, answers) : lines.rpcStreams(in, answers)).start()) {
            assertThat(running.awaitEnd(Duration.ofMillis(GUARD_MILLIS))).isTrue();
        }
        return answers.toString(StandardCharsets.UTF_8);
    }

    /** A client with a listener of its own on a pair of streams, where broken lines do not end the connection. */
    LineClient lines() throws IOException {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(port.getInetAddress(), port.getLocalPort());
            client.setSoTimeout(GUARD_MILLIS / 3);
            Socket served = port.accept();
            RunningServer lines = MeerkatServer.of(meerkat)
                    .limits(LIMITS)
                    .rpcStreams(served.getInputStream(), served.getOutputStream())
                    .start();
            return new LineClient(client) {
                @Override
                public void close() throws IOException {
                    super.close();
                    lines.close();
                    served.close();
                }
            };
        }
    }

    /** An answer of HTTP. */
    record Reply(int status, String head, String body) {}

    Reply rest(String verb, String path, byte[] body) throws IOException {
        return http(0, verb, path, JSON, body);
    }

    Reply mcp(String session, byte[] body) throws IOException {
        String header = session.isEmpty() ? "" : "Mcp-Session-Id: " + session + "\r\n";
        return http(2, "POST", "/mcp", JSON + MCP_ACCEPT + header, body);
    }

    /** A request with its headers, each with its line end. */
    Reply http(int listener, String verb, String path, String headers, byte[] body) throws IOException {
        try (Socket socket = socket(listener)) {
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes((verb + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + headers + "Content-Length: " + body.length
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            request.writeBytes(body);
            socket.getOutputStream().write(request.toByteArray());
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            assertThat(end).as(answer).isPositive();
            String head = answer.substring(0, end);
            return new Reply(Integer.parseInt(head.substring(9, 12)), head, answer.substring(end + 4));
        }
    }

    /** The id of a new session of MCP. */
    String mcpSession() throws IOException {
        Reply begun = mcp(
                "",
                ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
                                + "\"capabilities\":{},\"clientInfo\":{\"name\":\"hostile\",\"version\":\"1\"}}}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(begun.status()).as(begun.body()).isEqualTo(200);
        String id = begun.head()
                .lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("mcp-session-id: "))
                .findFirst()
                .orElseThrow()
                .substring(16);
        mcp(id, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}".getBytes(StandardCharsets.UTF_8));
        return id;
    }

    /** A plain turn works on each surface. */
    void alive() throws IOException {
        Reply rest = rest("POST", "/sessions", "{\"prompt\":\"alive\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(rest.status()).as(rest.body()).isEqualTo(200);
        assertThat(rest.body()).contains("seen 1");
        try (LineClient client = rpc()) {
            JsonNode answer = client.call("alive", "session/create", "{\"prompt\":\"alive\"}");
            assertThat(answer.path("result").path("text").asText())
                    .as(answer.toString())
                    .isEqualTo("seen 1");
        }
        Reply mcp = mcp(
                mcpSession(),
                ("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"meerkat_run\","
                                + "\"arguments\":{\"prompt\":\"alive\"}}}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(mcp.body()).contains("seen 1");
    }

    /** It works, and nothing is left of who was here: no connection, no thread of one, no place of a stream. */
    void aliveAndBounded() throws Exception {
        until("connections are left", () -> files() <= files + 2);
        until("threads of connections are left", () -> threads("meerkat-rpc-") == 1);
        alive();
        until("there are too many workers", () -> threads("meerkat-server-") <= 65);
        until("there are too many threads of REST", () -> threads("meerkat-rest-") <= 16);
        until("there are too many threads of MCP", () -> threads("meerkat-mcp-") <= 128);
        try (LineClient client = rpc()) {
            for (int i = 0; i < STREAMS; i++) {
                JsonNode opened = client.call("s" + i, "session/stream_open", "{\"session_id\":\"" + session + "\"}");
                assertThat(opened.path("result").path("opened").asBoolean())
                        .as(opened.toString())
                        .isTrue();
            }
        }
        until("threads of connections are left", () -> threads("meerkat-rpc-") == 1);
    }

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GUARD_MILLIS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith(prefix))
                .count();
    }

    /** How many files and connections this process has open, where the system tells. */
    private static long files() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    @Override
    public void close() {
        server.close();
        meerkat.close();
    }
}
