package dev.meerkat.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.mcp.McpHttpListener;
import dev.meerkat.server.internal.methods.MeerkatCalls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.rest.RestListener;
import dev.meerkat.server.internal.rpc.RpcTcpListener;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients of all surfaces that do not read, over sockets, while the memory of a server is used up. What a test counts as time
 * passes only when it says so.
 */
@Timeout(120)
class SlowestReaderTest {
    /** More than the buffers of a connection hold. */
    private static final int LARGE = 900_000;

    private static final int LIMIT = 16 * LARGE;

    private static final Duration GUARD = Duration.ofSeconds(60);

    private final AtomicLong now = new AtomicLong();
    private final SendMemory memory = new SendMemory(LIMIT, now::get);
    private final Workers workers = new Workers(1_000);
    private final Meerkat meerkat = MeerkatRuntime.of(turn -> "done").open();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private int calls;

    @BeforeEach
    void open() throws IOException {
        ServerLimits limits = ServerLimits.defaults();
        ServerContext shared = new ServerContext(
                new MeerkatCalls(meerkat, SessionSpec.DEFAULT_REALM, ContractLine.NEWEST, limits, workers, true),
                limits,
                workers,
                new ToolHosts(),
                memory,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        listeners.add(RestListener.open(shared, "127.0.0.1", 0));
        listeners.add(RpcTcpListener.open(shared, "127.0.0.1", 0));
        listeners.add(McpHttpListener.open(shared, "127.0.0.1", 0));
    }

    @AfterEach
    void close() throws IOException {
        for (Client client : clients) {
            client.close();
        }
        listeners.forEach(listener -> listener.close(Duration.ofSeconds(1)));
        workers.close();
        meerkat.close();
    }

    /** Who may be behind, and how it asks for what it does not read. */
    enum Surface {
        REST_STREAM,
        RPC_STREAM,
        MCP_ANSWER
    }

    /** A client that takes only what it is told to. */
    private record Client(Socket socket, InputStream in) implements AutoCloseable {
        void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Reads up to a text. */
        String until(String end) throws IOException {
            StringBuilder read = new StringBuilder();
            while (read.indexOf(end, read.length() - end.length()) < 0) {
                int next = in.read();
                assertThat(next).as("more after %s", read).isNotNegative();
                read.append((char) next);
            }
            return read.toString();
        }

        /** How much more comes until the connection ends, or there is enough. */
        int rest(int enough) throws IOException {
            byte[] piece = new byte[64 << 10];
            int read = 0;
            try {
                while (read < enough) {
                    int count = in.read(piece);
                    if (count < 0) {
                        return read;
                    }
                    read += count;
                }
            } catch (SocketException e) {
                assertThat(e).hasMessageContaining("reset");
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Client connected(int listener) throws IOException {
        InetSocketAddress address = listeners.get(listener).address().orElseThrow();
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.setSoTimeout((int) GUARD.toMillis());
        socket.connect(address);
        Client client = new Client(socket, new BufferedInputStream(socket.getInputStream(), 1 << 10));
        clients.add(client);
        return client;
    }

    private Session session() throws InterruptedException {
        calls++;
        Session session = meerkat.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("s" + calls));
        assertThat(session.initialTurn().orElseThrow().await(GUARD)).isPresent();
        return session;
    }

    /** Has an event, and so an entry of its history, that is large and its own. */
    private static void fill(Session session) throws InterruptedException {
        prompt(session, "x".repeat(LARGE));
    }

    private static void prompt(Session session, String text) throws InterruptedException {
        assertThat(session.startTurn(text).await(GUARD)).isPresent();
    }

    /** Begins to read a session's events, and reads on until it has what comes first. */
    private Client stream(Surface surface, Session session) throws IOException {
        if (surface == Surface.REST_STREAM) {
            Client client = connected(0);
            client.say("GET /sessions/" + session.id() + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            client.until("session_loaded");
            return client;
        }
        Client client = connected(1);
        client.say(rpc("session/stream_open", "{\"session_id\":\"" + session.id() + "\"}") + "\n");
        client.until("stream_id");
        return client;
    }

    private String rpc(String method, String params) {
        calls++;
        return "{\"jsonrpc\":\"2.0\",\"id\":" + calls + ",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    private Client mcp(String session, String message) throws IOException {
        Client client = connected(2);
        client.say("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Accept: application/json, text/event-stream\r\n"
                + (session.isEmpty() ? "" : "Mcp-Session-Id: " + session + "\r\n")
                + "Content-Length: " + message.length() + "\r\n\r\n" + message);
        return client;
    }

    private String host() throws IOException {
        String begin = rpc(
                "initialize",
                "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                        + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}");
        String name = "mcp-session-id: ";
        return mcp("", begin)
                .until("\r\n\r\n")
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length());
    }

    private Client tool(String host, String name, String arguments) throws IOException {
        return mcp(host, rpc("tools/call", "{\"name\":\"" + name + "\",\"arguments\":" + arguments + "}"));
    }

    /** The message with which a tool is answered. */
    private JsonNode answer(String host, String name, String arguments) throws IOException {
        Client client = tool(host, name, arguments);
        String unused = client.until("\r\n\r\n");
        return WireJson.read(client.until("}\n").strip());
    }

    /** Has a client take nothing of something large. */
    private Client behind(Surface surface) throws Exception {
        Session session = session();
        long before = memory.taken();
        Client dead;
        if (surface == Surface.MCP_ANSWER) {
            fill(session);
            dead = tool(host(), "meerkat_history", "{\"session_id\":\"" + session.id() + "\"}");
        } else {
            dead = stream(surface, session);
            fill(session);
        }
        Await.until(() -> memory.taken() >= before + LARGE);
        return dead;
    }

    /** Another client waits for all that there still is room for, since now. */
    private void useUp() {
        assertThat(memory.share(() -> {}).take(new byte[(int) (LIMIT - memory.taken())]))
                .isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsFurthestBehindIsDisconnectedAndWhoReadsGoesOnWithoutLoss(Surface surface) throws Exception {
        Session busy = session();
        Client reading = stream(Surface.REST_STREAM, busy);
        Client last = behind(surface);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(600));
        Client other = behind(Surface.REST_STREAM);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        useUp();

        fill(busy);

        assertThat(reading.until("event: run_completed").chars().filter(each -> each == 'x'))
                .as("the whole event")
                .hasSizeGreaterThanOrEqualTo(LARGE);
        assertThat(last.rest(LARGE)).as("what came of an event before the end").isLessThan(LARGE);
        prompt(busy, "and more");
        reading.until("and more");
        reading.until("event: run_completed");
        assertThat(other.rest(LARGE)).as("it had time to read").isGreaterThanOrEqualTo(LARGE);
    }

    @Test
    void anEventStreamOfToolsKeepsOneLargeEventAndEndsWithAnErrorWhenTheMemoryIsNeeded() throws Exception {
        String host = host();
        Session watched = session();
        String id = "{\"session_id\":\"" + watched.id() + "\"}";
        JsonNode opened = answer(host, "meerkat_event_stream_open", id);
        String stream = WireJson.read(opened.at("/result/content/0/text").textValue())
                .path("stream_id")
                .textValue();
        String read = "{\"stream_id\":\"" + stream + "\",\"timeout_ms\":20000}";
        fill(watched);
        fill(watched);
        Await.until(() -> memory.taken() >= LARGE);
        assertThat(memory.taken()).as("the rest stays in the log").isLessThan(2 * LARGE);
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        useUp();

        Session more = session();
        Client other = stream(Surface.REST_STREAM, more);
        fill(more);
        assertThat(other.rest(LARGE)).isGreaterThanOrEqualTo(LARGE);

        JsonNode failed = answer(host, "meerkat_event_stream_read", read);
        assertThat(failed.at("/error/message").asText()).contains("no room for its events", "meerkat_history");
        assertThat(answer(host, "meerkat_event_stream_open", id).has("result")).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReadIsCountedNoMore(Surface surface) throws Exception {
        Client client = behind(surface);
        client.rest(LARGE);
        client.close();

        Await.until(() -> memory.taken() == 0);
    }
}
