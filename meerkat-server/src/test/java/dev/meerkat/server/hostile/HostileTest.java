package dev.meerkat.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients send that mean harm, or are broken, to a running server on all surfaces. After each part it is alive and
 * bounded. {@code -Dmeerkat.hostile.rounds=N} does more of the random part, {@code -Dmeerkat.hostile.seed=N} another one.
 */
@Timeout(600)
class HostileTest {
    private static final int ROUNDS = Integer.getInteger("meerkat.hostile.rounds", 300);
    private static final long SEED = Long.getLong("meerkat.hostile.seed", 20_261_123);

    private final HostileServer server;
    private final Mutations mutations = new Mutations(SEED);

    HostileTest() throws Exception {
        server = new HostileServer();
    }

    @AfterEach
    void aliveAndBounded() throws Exception {
        try (server) {
            server.aliveAndBounded();
        }
    }

    /** A method and parameters of it that are good. */
    private record Good(String method, String path, String params) {}

    private List<Good> good() {
        String id = "'session_id':'" + server.session + "'";
        String at = "/sessions/" + server.session;
        return List.of(
                new Good(
                        "session/create",
                        "/sessions",
                        "{'prompt':'x','keep_alive':false,'labels':{'a':'b'},'system_prompt':'s','session_events':true}"),
                new Good("turn/start", at + "/messages", "{" + id + ",'prompt':'x','keep_alive':false}"),
                new Good(
                        "session/external_event",
                        at + "/external-events",
                        "{" + id + ",'kind':'generic_json','event_type':'t','payload':{'a':1},'idempotency_key':'k',"
                                + "'source':'s','handling_mode':'queue'}"),
                new Good(
                        "comms/send",
                        "/comms/send",
                        "{" + id + ",'kind':'peer_request','to':'b','intent':'i','params':{'a':1},'body':'b',"
                                + "'handling_mode':'queue','blocks':[]}"),
                new Good("comms/peers", "", "{" + id + "}"),
                new Good("session/read", "", "{" + id + "}"),
                new Good("session/list", "", "{'offset':0,'limit':1,'labels':{'a':'b'}}"),
                new Good("session/history", "", "{" + id + ",'offset':0,'limit':1}"),
                new Good(
                        "session/inject_context",
                        at + "/system_context",
                        "{" + id + ",'text':'t','content':'t','source':'s','idempotency_key':'k'}"),
                new Good("session/input_status", "", "{" + id + ",'selector':{'by':'input_id','value':'x'}}"),
                new Good(
                        "session/peer_response_terminal",
                        at + "/peer-response-terminal",
                        "{" + id + ",'request_id':'r','status':'completed','result':{},'peer_id':'p'}"),
                new Good("turn/interrupt", "", "{" + id + "}"),
                new Good("turn/stop_run", at + "/runs/x/stop", "{" + id + ",'run_id':'r','reason':'x'}"),
                new Good("session/stream_close", "", "{'stream_id':'x'}"),
                new Good("events/latest_cursor", "", "{'scope':{'type':'session'," + id + "}}"),
                new Good(
                        "events/list_since",
                        "",
                        "{'scope':{'type':'session'," + id + "},'limit':1,'cursor':{'scope':{'type':'session'," + id
                                + "},'sequence':0}}"),
                new Good("events/snapshot", "", "{'scope':{'type':'session'," + id + "}}"),
                new Good("tools/register", "", "{'tools':[{'name':'t','description':'d','input_schema':{}}]}"));
    }

    /** Nothing of the inside is told. */
    static void clean(String answer) {
        assertThat(answer).doesNotContain("\\tat ", "\tat ", "Exception", "java.", "dev.meerkat", "com.fasterxml");
    }

    @Test
    void everyFieldOfEveryMethodMayBeWrong() throws Exception {
        int number = 0;
        try (LineClient client = server.lines()) {
            for (Good each : good()) {
                for (String params : Mutations.ofEveryField(each.params())) {
                    client.call("n" + number++, each.method(), params);
                }
            }
            for (String whole :
                    Mutations.ofEveryField("{'jsonrpc':'2.0','id':1,'method':'session/list','params':{}}")) {
                client.write(whole);
            }
            assertThat(client.call("end", "session/list", "{}").has("result")).isTrue();
        }
    }

    @Test
    void everyFieldOfEveryRouteMayBeWrong() throws Exception {
        for (Good each : good()) {
            if (!each.path().isEmpty()) {
                for (String body : Mutations.ofEveryField(each.params())) {
                    rest("POST", each.path(), body.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        for (String query :
                List.of("?limit=-1", "?limit=x", "?limit=99999999999999999999", "?%zz", "?label=a", "?offset=%00")) {
            rest("GET", "/sessions" + query, new byte[0]);
            rest("GET", "/sessions/" + server.session + "/history" + query, new byte[0]);
        }
        for (String path : List.of(
                "/sessions/%00",
                "/sessions/%ff%fe", "/sessions/../x", "/sessions//events", "/%2e%2e/", "/sessions/a%2fb")) {
            rest("GET", path, new byte[0]);
        }
    }

    private void rest(String verb, String path, byte[] body) throws IOException {
        HostileServer.Reply reply = server.rest(verb, path, body);
        String what = path + " " + new String(body, StandardCharsets.UTF_8) + " -> " + reply.body();
        assertThat(reply.status()).as(what).isNotEqualTo(500);
        clean(reply.body());
        if (reply.status() >= 400) {
            assertThat(Mutations.json(reply.body().replace('\'', '`'))
                            .path("code")
                            .isTextual())
                    .as(what)
                    .isTrue();
        }
    }

    @Test
    void everyArgumentOfEveryToolMayBeWrong() throws Exception {
        String session = server.mcpSession();
        for (Good each : good()) {
            String tool = switch (each.method()) {
                case "session/create" -> "meerkat_run";
                case "turn/start" -> "meerkat_resume";
                case "session/external_event" -> "meerkat_external_event";
                case "comms/send" -> "meerkat_comms_send";
                case "session/history" -> "meerkat_history";
                case "session/list" -> "meerkat_sessions";
                case "session/stream_close" -> "meerkat_event_stream_read";
                default -> "";
            };
            if (!tool.isEmpty()) {
                for (String arguments : Mutations.ofEveryField(each.params())) {
                    mcp(
                            session,
                            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                                    + "\",\"arguments\":" + arguments + "}}");
                }
            }
        }
        for (String whole : Mutations.ofEveryField(
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'meerkat_sessions','arguments':{}}}")) {
            mcp(session, whole);
        }
    }

    private void mcp(String session, String body) throws IOException {
        HostileServer.Reply reply = server.mcp(session, body.getBytes(StandardCharsets.UTF_8));
        assertThat(reply.status()).as(body + " -> " + reply.body()).isNotEqualTo(500);
        // The reference has this code for sessions without comms too; those refusals say that nothing was done.
        assertThat(reply.body().contains("-32603") && !reply.body().contains("not_done"))
                .as(body + " -> " + reply.body())
                .isFalse();
        clean(reply.body());
    }

    @Test
    void bytesMayBeBroken() throws Exception {
        String session = server.mcpSession();
        List<Good> good = good();
        try (LineClient client = server.lines()) {
            for (int i = 0; i < ROUNDS; i++) {
                Good each = good.get(i % good.size());
                client.write(mutations.broken("{'jsonrpc':'2.0','id':" + i + ",'method':'" + each.method()
                        + "','params':" + each.params() + "}"));
                if (i % 20 == 19) {
                    client.call("sync" + i, "session/list", "{\"limit\":1}");
                }
                if (!each.path().isEmpty()) {
                    rest("POST", each.path(), mutations.broken(each.params()));
                }
                if (i % 10 == 0) {
                    mcp(
                            session,
                            new String(
                                    mutations.broken(
                                            "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'meerkat_sessions'}}"),
                                    StandardCharsets.ISO_8859_1));
                }
            }
        }
        System.out.println("hostile: " + ROUNDS + " rounds of broken bytes, from seed " + SEED);
        assertThat(ROUNDS).isPositive();
    }

    @Test
    void whatIsTooLargeIsRefused() throws Exception {
        String large = "{\"prompt\":\"" + "x".repeat(HostileServer.MESSAGE_BYTES) + "\"}";
        assertThat(server.rest("POST", "/sessions", large.getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(413);
        assertThat(server.mcp("", large.getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(413);
        assertThat(server.rest("GET", "/sessions?x=" + "y".repeat(5_000), new byte[0])
                        .status())
                .isEqualTo(414);
        assertThat(server.rest("GET", "/" + "y".repeat(20_000), new byte[0]).status())
                .isIn(414, 431);
        try (LineClient client = server.rpc()) {
            client.write("{\"id\":\"big\",\"method\":\"session/create\",\"params\":" + large + "}");
            JsonNode answer = client.until("big");
            assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32600);
            client.write("{\"jsonrpc\":\"2.0\",\"id\":\"" + "i".repeat(2_000) + "\",\"method\":\"session/list\"}");
            assertThat(client.hear().path("error").path("code").asInt()).isEqualTo(-32600);
            client.write("[".repeat(50_000));
            assertThat(client.hear().has("error")).isTrue();
        }
        streams();
    }

    private void streams() throws Exception {
        try (LineClient client = server.rpc()) {
            for (int i = 0; i < HostileServer.STREAMS; i++) {
                client.call("s" + i, "session/stream_open", "{\"session_id\":\"" + server.session + "\"}");
            }
            JsonNode full = client.call("full", "session/stream_open", "{\"session_id\":\"" + server.session + "\"}");
            assertThat(full.path("error").path("code").asInt()).isEqualTo(-32011);
        }
    }

    @Test
    void manyConnectionsThatBringNothingWhole() throws Exception {
        for (int listener = 0; listener < 3; listener++) {
            String begin = listener == 1
                    ? "{\"jsonrpc\":\"2.0\",\"id\""
                    : "POST " + (listener == 0 ? "/sessions" : "/mcp") + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < HostileServer.CONNECTIONS / 2; i++) {
                Socket socket = server.socket(listener);
                open.add(socket);
                socket.getOutputStream().write(begin.getBytes(StandardCharsets.UTF_8));
                if (i % 3 == 0) {
                    socket.shutdownOutput();
                }
            }
            server.alive();
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void readersMayStall() throws Exception {
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < HostileServer.STREAMS / 2; i++) {
            Socket socket = server.socket(0);
            open.add(socket);
            socket.getOutputStream()
                    .write(("GET /sessions/" + server.session
                                    + "/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 0\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
        try (LineClient stalled = server.rpc()) {
            for (int i = 0; i < 100; i++) {
                stalled.write("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"session/history\",\"params\":{"
                        + "\"session_id\":\"" + server.session + "\"}}");
            }
            for (int i = 0; i < 20; i++) {
                turn();
            }
            server.alive();
        }
        for (Socket socket : open) {
            socket.close();
        }
        // That a silent reader is gone is seen when something is written to it.
        for (int i = 0; i < 3; i++) {
            turn();
        }
    }

    private void turn() throws IOException {
        byte[] turn = ("{\"session_id\":\"" + server.session + "\",\"prompt\":\"" + "x".repeat(10_000) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(server.rest("POST", "/sessions/" + server.session + "/messages", turn)
                        .status())
                .isEqualTo(200);
    }
}
