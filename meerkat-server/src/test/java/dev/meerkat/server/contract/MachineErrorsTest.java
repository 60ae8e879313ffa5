package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors of the machine while a call or a turn is carried out, and turns over their time, on every surface of a server. */
@Timeout(60)
@SuppressWarnings("try") // closing may be interrupted
class MachineErrorsTest {
    private static final String HOST = "127.0.0.1";
    private static final int GUARD_MILLIS = 20_000;

    private volatile @Nullable Error broken;
    private final CountDownLatch never = new CountDownLatch(1);

    private final Meerkat runtime = MeerkatRuntime.of((Agent) turn -> {
                String inputs = turn.inputs().toString();
                if (inputs.contains("memory")) {
                    throw new OutOfMemoryError("secret");
                }
                if (inputs.contains("stack")) {
                    throw new StackOverflowError("secret");
                }
                if (inputs.contains("late")) {
                    never.await();
                }
                return "ok";
            })
            .retry(RetryPolicy.none())
            .limits(RuntimeLimits.defaults()
                    .withTurns(new RuntimeLimits.Turns(4, 4, Optional.of(Duration.ofMillis(200)))))
            .open();
    private RunningServer server;
    private PipedOutputStream toHost;
    private LineReader fromHost;
    private int calls;

    /** The runtime, whose every call fails while it is broken. */
    private Meerkat fragile() {
        return (Meerkat) Proxy.newProxyInstance(
                Meerkat.class.getClassLoader(), new Class<?>[] {Meerkat.class}, (proxy, method, arguments) -> {
                    Error error = broken;
                    if (error != null && !method.getName().equals("capabilities")) {
                        throw error;
                    }
                    try {
                        return method.invoke(runtime, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @BeforeEach
    void open() throws IOException, InterruptedException {
        runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        toHost = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(toHost, 1 << 20);
        PipedOutputStream out = new PipedOutputStream();
        fromHost = new LineReader(new PipedInputStream(out, 1 << 20), 1 << 20);
        server = MeerkatServer.of(fragile())
                .rest(HOST, 0)
                .tcp(HOST, 0)
                .mcp(HOST, 0)
                .mcpStreams(in, out)
                .start();
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        runtime.close();
    }

    /** What of an error answer must be the same on all surfaces. */
    private record Answer(int status, int code, String outcome, String kind, String text) {
        static Answer ofRpc(JsonNode answer) {
            JsonNode error = answer.path("error");
            return new Answer(
                    answer.has("result") ? 200 : 0,
                    error.path("code").intValue(),
                    error.at("/data/outcome").asText(),
                    error.at("/data/error/kind").asText(),
                    answer.toString());
        }

        boolean succeeded() {
            return status == 200;
        }
    }

    /** A surface, and how its calls are named. */
    enum Surface {
        REST,
        RPC,
        MCP_HTTP,
        MCP_LINES;

        String method(String name) {
            return switch (this) {
                case REST, RPC -> name;
                case MCP_HTTP, MCP_LINES ->
                    switch (name) {
                        case "session/create" -> "meerkat_run";
                        case "session/list" -> "meerkat_sessions";
                        case "turn/start" -> "meerkat_resume";
                        default -> "meerkat_event_stream_open";
                    };
            };
        }
    }

    private Answer call(Surface surface, String method, String arguments) throws IOException {
        String json = arguments.replace('\'', '"');
        String tool = "{\"name\":\"" + surface.method(method) + "\",\"arguments\":" + json + "}";
        return switch (surface) {
            case REST -> rest(method, json);
            case RPC -> rpc(method, json);
            case MCP_HTTP -> {
                String session = post(2, "/mcp", initialize(), "").session();
                String answer =
                        post(2, "/mcp", line("tools/call", tool), session).body();
                yield Answer.ofRpc(WireJson.read(answer));
            }
            case MCP_LINES -> {
                say(initialize());
                say(line("tools/call", tool));
                yield Answer.ofRpc(hear());
            }
        };
    }

    private void say(String line) throws IOException {
        toHost.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        toHost.flush();
    }

    /** The answer of a tool, after that of initialize. */
    private JsonNode hear() throws IOException {
        JsonNode heard = WireJson.object();
        for (int i = 0; i < 2; i++) {
            LineReader.Line line = fromHost.next();
            assertThat(line).isNotNull();
            heard = WireJson.read(line.bytes(), line.offset(), line.length());
        }
        return heard;
    }

    private String line(String method, String params) {
        calls++;
        return "{\"jsonrpc\":\"2.0\",\"id\":" + calls + ",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    private String initialize() {
        return line(
                "initialize",
                "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}");
    }

    private Answer rpc(String method, String params) throws IOException {
        try (Socket socket = new Socket(HOST, port(1))) {
            socket.setSoTimeout(GUARD_MILLIS);
            socket.getOutputStream().write((line(method, params) + "\n").getBytes(StandardCharsets.UTF_8));
            LineReader lines = new LineReader(socket.getInputStream(), 1 << 20);
            JsonNode answer;
            do {
                LineReader.Line line = lines.next();
                assertThat(line).isNotNull();
                answer = WireJson.read(line.bytes(), line.offset(), line.length());
            } while (!answer.has("id"));
            return Answer.ofRpc(answer);
        }
    }

    private Answer rest(String method, String body) throws IOException {
        Posted answer = switch (method) {
            case "session/create" -> post(0, "/sessions", body, "");
            case "session/list" -> post(0, "/sessions", "", "");
            case "turn/start" -> post(0, path(body) + "/messages", body, "");
            default -> post(0, path(body) + "/events", "", "");
        };
        JsonNode details = answer.status() == 200
                ? WireJson.object()
                : WireJson.read(answer.body()).path("details");
        return new Answer(
                answer.status(),
                0,
                details.path("outcome").asText(),
                details.at("/error/kind").asText(),
                answer.body());
    }

    private static String path(String body) throws IOException {
        return "/sessions/" + WireJson.read(body).path("session_id").asText();
    }

    private record Posted(int status, String session, String body) {}

    /** Asks with GET, if there is no body; of a stream only the beginning is read. */
    private Posted post(int listener, String path, String body, String session) throws IOException {
        URI uri = URI.create("http://" + HOST + ":" + port(listener) + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setReadTimeout(GUARD_MILLIS);
        connection.setRequestProperty("Accept", "application/json, text/event-stream");
        if (!session.isEmpty()) {
            connection.setRequestProperty("Mcp-Session-Id", session);
        }
        if (!body.isEmpty()) {
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            boolean stream = path.endsWith("/events") && status == 200;
            String text = stream ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String id = connection.getHeaderField("Mcp-Session-Id");
            return new Posted(status, id == null ? "" : id, text);
        }
    }

    private int port(int listener) {
        return server.addresses().get(listener).getPort();
    }

    @ParameterizedTest
    @EnumSource
    void anErrorWhileACallIsCarriedOutIsAnsweredAsUnknownAndTheServerGoesOn(Surface surface) throws Exception {
        String session = runtime.open("a").id().toString();
        for (String method : new String[] {"session/create", "session/list", "session/stream_open"}) {
            String arguments = switch (method) {
                case "session/create" -> "{'prompt':'hello'}";
                case "session/list" -> "{}";
                default -> "{'session_id':'" + session + "'}";
            };
            for (Error error : new Error[] {new OutOfMemoryError("secret"), new StackOverflowError("secret")}) {
                broken = error;
                Answer answer = call(surface, method, arguments);
                assertThat(answer.outcome()).as("%s: %s", method, answer).isEqualTo("unknown");
                assertThat(answer.text()).doesNotContain("secret", "java.lang", "Error:");
                if (surface == Surface.REST) {
                    assertThat(answer.status()).isEqualTo(500);
                } else {
                    assertThat(answer.code()).isEqualTo(-32603);
                }
            }
            broken = null;
            assertThat(call(surface, method, arguments).succeeded()).as(method).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "REST, memory, agent_error",
        "RPC, memory, agent_error",
        "MCP_HTTP, memory, agent_error",
        "MCP_LINES, memory, agent_error",
        "REST, stack, agent_error",
        "RPC, stack, agent_error",
        "MCP_HTTP, stack, agent_error",
        "MCP_LINES, stack, agent_error",
        "REST, late, turn_overdue",
        "RPC, late, turn_overdue",
        "MCP_HTTP, late, turn_overdue",
        "MCP_LINES, late, turn_overdue"
    })
    void aTurnThatEndsWithAnErrorOrTakesTooLongHasFailedAndTheServerGoesOn(Surface surface, String prompt, String kind)
            throws Exception {
        String session = "{'session_id':'" + runtime.open("a").id() + "',";
        for (boolean first : new boolean[] {true, false}) {
            Answer answer = call(
                    surface,
                    first ? "session/create" : "turn/start",
                    (first ? "{" : session) + "'prompt':'" + prompt + "'}");

            assertThat(answer.outcome()).as(answer.toString()).isEqualTo("failed");
            assertThat(answer.kind()).isEqualTo(kind);
            if (surface == Surface.REST) {
                assertThat(answer.status()).isEqualTo(500);
                assertThat(WireJson.read(answer.text()).path("code").asText())
                        .isEqualTo(first ? "SESSION_CREATED_WITH_TURN_FAILURE" : "TURN_ABANDONED");
            } else {
                assertThat(answer.code()).isEqualTo(-32603);
            }
        }
        assertThat(call(surface, "session/create", "{'prompt':'hello'}").succeeded())
                .isTrue();
    }
}
