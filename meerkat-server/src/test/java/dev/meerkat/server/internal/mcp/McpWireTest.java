package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host gets to hear, byte by byte, whatever it says. */
@Timeout(60)
class McpWireTest {
    private static final int GUARD_MILLIS = 20_000;
    private static final String INITIALIZE =
            "{'jsonrpc':'2.0','id':0,'method':'initialize','params':{'protocolVersion':'2025-06-18','capabilities':{},"
                    + "'clientInfo':{'name':'t','version':'1'}}}";
    private static final String INITIALIZED = "{'jsonrpc':'2.0','method':'notifications/initialized'}";

    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Meerkat meerkat = MeerkatRuntime.of(turn -> {
                if (turn.inputs().toString().contains("hold")) {
                    held.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        stopped.countDown();
                    }
                }
                return "done";
            })
            .retry(RetryPolicy.none())
            .open();

    @AfterEach
    void close() {
        meerkat.close();
    }

    /** A host on a pair of streams. */
    private final class Host implements AutoCloseable {
        private final Socket near;
        private final Socket far;
        private final RunningServer server;
        private final LineReader lines;

        Host() throws IOException {
            try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                near = new Socket(port.getInetAddress(), port.getLocalPort());
                near.setSoTimeout(GUARD_MILLIS);
                far = port.accept();
            }
            InputStream in = far.getInputStream();
            OutputStream out = far.getOutputStream();
            server = MeerkatServer.of(meerkat)
                    .limits(ServerLimits.defaults().withMessageBytes(100_000))
                    .mcpStreams(in, out)
                    .start();
            lines = new LineReader(near.getInputStream(), 1 << 20);
        }

        Host initialized() throws IOException {
            say(INITIALIZE);
            assertThat(hear().path("id").intValue()).isZero();
            return say(INITIALIZED);
        }

        Host say(String line) throws IOException {
            return raw((line.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
        }

        Host raw(byte[] bytes) throws IOException {
            near.getOutputStream().write(bytes);
            return this;
        }

        JsonNode hear() throws IOException {
            LineReader.Line line = lines.next();
            assertThat(line).as("a line").isNotNull();
            String text = new String(line.bytes(), line.offset(), line.length(), StandardCharsets.UTF_8);
            assertThat(text)
                    .doesNotContain("java.", "com.fasterxml", "modelcontextprotocol", "Exception", "StreamRead");
            return WireJson.read(line.bytes(), line.offset(), line.length());
        }

        void goesOn() throws IOException {
            assertThat(say("{'jsonrpc':'2.0','id':99,'method':'tools/list'}")
                            .hear()
                            .at("/result/tools"))
                    .isNotEmpty();
        }

        @Override
        public void close() throws IOException {
            server.close();
            near.close();
            far.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oops",
                "[]",
                "[{'jsonrpc':'2.0','id':1,'method':'ping'}]",
                "7",
                "null",
                "{'jsonrpc':'2.0','id':1",
                "{'jsonrpc':'2.0','id':1,'method':'no/such'}",
                "{'jsonrpc':'2.0','id':1,'method':7}",
                "{'jsonrpc':'2.0','id':{},'method':'ping'}",
                "{'jsonrpc':'2.0','id':1}",
                "{'id':1,'method':'ping'}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call'}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':[]}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':7}}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'none'}}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'meerkat_run','arguments':'x'}}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'meerkat_run','arguments':[1]}}",
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'meerkat_run','arguments':{}}}",
                "{'jsonrpc':'2.0','id':1,'method':'initialize','params':{'protocolVersion':{}}}",
            })
    void everyLineHasItsErrorAndTheNextOneItsAnswer(String line) throws Exception {
        try (Host host = new Host().initialized()) {
            JsonNode answer = host.say(line).hear();

            assertThat(answer.at("/error/message").textValue())
                    .as(answer.toString())
                    .isNotBlank();
            assertThat(answer.has("id")).isTrue();
            host.goesOn();
        }
    }

    @Test
    void whatIsNoTextOrTooLargeHasItsErrorToo() throws Exception {
        try (Host host = new Host().initialized()) {
            assertThat(host.raw(new byte[] {'{', (byte) 0xc3, '}', '\n'}).hear().has("error"))
                    .isTrue();
            assertThat(host.raw(new byte[] {0, 0, '\n'}).hear().has("error")).isTrue();
            String large = "{'jsonrpc':'2.0','id':5,'method':'ping','params':{'a':'" + "x".repeat(200_000) + "'}}";
            assertThat(host.say(large).hear().path("id").intValue()).isEqualTo(5);
            String deep = "{'jsonrpc':'2.0','id':6,'method':'ping','params':" + "[".repeat(5_000) + "]".repeat(5_000);
            assertThat(host.say(deep + "}").hear().has("error")).isTrue();
            host.goesOn();
        }
    }

    @Test
    void emptyLinesAndNotificationsAreNotAnswered() throws Exception {
        try (Host host = new Host().initialized()) {
            host.say("").say(" \t").say("\r").say("{'jsonrpc':'2.0','method':'notifications/none'}");
            host.say("{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':77}}");
            host.say("{'jsonrpc':'2.0','method':'notifications/cancelled'}");
            host.say("{'jsonrpc':'2.0','id':4,'result':{}}");

            host.goesOn();
        }
    }

    @Test
    void callsNeedTheBeginningButNotItsEnd() throws Exception {
        try (Host host = new Host()) {
            assertThat(host.say("{'jsonrpc':'2.0','id':1,'method':'tools/list'}")
                            .hear()
                            .has("error"))
                    .isTrue();
            host.say(INITIALIZE).hear();

            host.goesOn();
        }
    }

    @Test
    void theEndOfTheInputEndsTheServerAlsoWhileATurnRuns() throws Exception {
        try (Host host = new Host().initialized()) {
            host.say(call(1, "hold"));
            held.await();
            host.raw("{\"half\":".getBytes(StandardCharsets.UTF_8));

            host.near.shutdownOutput();

            assertThat(host.server.awaitEnd(Duration.ofMillis(GUARD_MILLIS))).isTrue();
        }
    }

    private static String call(int id, String prompt) {
        return "{'jsonrpc':'2.0','id':" + id
                + ",'method':'tools/call','params':{'name':'meerkat_run','arguments':{'prompt':'" + prompt + "'}}}";
    }

    @Test
    void whatAHostTakesBackIsStoppedAndNotAnswered() throws Exception {
        try (Host host = new Host().initialized()) {
            host.say(call(1, "hold"));
            held.await();

            host.say("{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':1}}");
            stopped.await();

            assertThat(host.say(call(2, "go on")).hear().path("id").intValue()).isEqualTo(2);
        }
    }

    @Test
    void overHttpTooWhatAHostTakesBackIsStopped() throws Exception {
        try (RunningServer server =
                MeerkatServer.of(meerkat).mcp("127.0.0.1", 0).start()) {
            String session = session(server);
            try (Socket running = request(server, session, "POST", "", call(1, "hold"))) {
                held.await();

                try (Socket other = request(
                        server,
                        session,
                        "POST",
                        "",
                        "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':1}}")) {
                    assertThat(all(other)).startsWith("HTTP/1.1 202 ");
                }
                stopped.await();

                assertThat(all(running)).contains("\"id\":1,\"error\"").doesNotContain("\nid:");
            }
        }
    }

    private static String told(String prompt) {
        return call(1, prompt).replace("}}}", ",'stream':true}}}");
    }

    @Test
    void overHttpACallIsAnsweredWithAStreamOnlyIfTheHostIsToldEventsBefore() throws Exception {
        try (RunningServer server =
                MeerkatServer.of(meerkat).mcp("127.0.0.1", 0).start()) {
            String session = session(server);
            try (Socket plain = request(server, session, "POST", "", call(1, "go"))) {
                assertThat(all(plain))
                        .contains("Content-Type: application/json", "\"id\":1,\"result\"")
                        .doesNotContain("notifications/message");
            }
            try (Socket stream = request(server, session, "POST", "", told("hold"))) {
                StringBuilder begun = new StringBuilder();
                while (begun.indexOf("notifications/message") < 0) {
                    int next = stream.getInputStream().read();
                    assertThat(next).as(begun.toString()).isNotNegative();
                    begun.append((char) next);
                }
                assertThat(begun.toString()).contains("Content-Type: text/event-stream");
                String cancel = "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':1}}";
                try (Socket other = request(server, session, "POST", "", cancel)) {
                    assertThat(all(other)).startsWith("HTTP/1.1 202 ");
                }
                assertThat(all(stream)).contains("\"id\":1,\"error\"");
            }
            String level = "{'jsonrpc':'2.0','id':2,'method':'logging/setLevel','params':{'level':'warning'}}";
            try (Socket set = request(server, session, "POST", "", level)) {
                assertThat(all(set)).contains("\"id\":2,\"result\":{}");
            }
            try (Socket quiet = request(server, session, "POST", "", told("go"))) {
                assertThat(all(quiet))
                        .contains("Content-Type: application/json")
                        .doesNotContain("notifications/");
            }
        }
    }

    @Test
    void aListeningStreamBeginsAtOnceAndPromisesNoResume() throws Exception {
        try (RunningServer server =
                MeerkatServer.of(meerkat).mcp("127.0.0.1", 0).start()) {
            String session = session(server);
            for (String header : new String[] {"", "Last-Event-ID: 7\r\n"}) {
                try (Socket stream = request(server, session, "GET", header, "")) {
                    StringBuilder begun = new StringBuilder();
                    while (!begun.toString().contains("\r\n\r\n")) {
                        int next = stream.getInputStream().read();
                        assertThat(next).as(begun.toString()).isNotNegative();
                        begun.append((char) next);
                    }
                    assertThat(begun.toString()).startsWith("HTTP/1.1 200 ").contains("text/event-stream");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-01-01", "2", "", "2025-06-18, 2025-03-26"})
    void aVersionThatIsNotSpokenIsRefused(String version) throws Exception {
        try (RunningServer server =
                MeerkatServer.of(meerkat).mcp("127.0.0.1", 0).start()) {
            String session = session(server);
            for (String verb : new String[] {"POST", "GET", "DELETE"}) {
                try (Socket refused = request(
                        server,
                        session,
                        verb,
                        "MCP-Protocol-Version: " + version + "\r\n",
                        "{'jsonrpc':'2.0','id':1,'method':'ping'}")) {
                    assertThat(all(refused)).startsWith("HTTP/1.1 400 ").contains("MCP-Protocol-Version");
                }
            }
            try (Socket good = request(
                    server,
                    session,
                    "POST",
                    "MCP-Protocol-Version: 2025-06-18\r\n",
                    "{'jsonrpc':'2.0','id':1,'method':'ping'}")) {
                assertThat(all(good)).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    private static String session(RunningServer server) throws IOException {
        try (Socket begun = request(server, "", "POST", "", INITIALIZE)) {
            String answer = all(begun);
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            int at = answer.toLowerCase(java.util.Locale.ROOT).indexOf("mcp-session-id: ") + 16;
            return answer.substring(at, answer.indexOf('\r', at));
        }
    }

    private static Socket request(RunningServer server, String session, String verb, String headers, String body)
            throws IOException {
        String text = body.replace('\'', '"');
        Socket socket = new Socket("127.0.0.1", server.addresses().get(0).getPort());
        socket.setSoTimeout(GUARD_MILLIS);
        String id = session.isEmpty() ? "" : "Mcp-Session-Id: " + session + "\r\n";
        socket.getOutputStream()
                .write((verb + " /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
                                + id + headers + "Content-Length: " + text.length() + "\r\n\r\n" + text)
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static String all(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
