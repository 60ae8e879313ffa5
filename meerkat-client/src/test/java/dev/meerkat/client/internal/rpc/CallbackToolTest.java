package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.internal.calls.ServerCalls;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallbackToolTest {
    private final AtomicReference<ScriptedServer.Peer> peer = new AtomicReference<>();

    /** A server that calls a tool when it is asked for the peers. */
    private ScriptedServer server() throws IOException {
        return new ScriptedServer((message, peer) -> {
            if (message.path("method").asText().equals("comms/peers")) {
                this.peer.set(peer);
                peer.answer(message, "{'peers':[]}");
            }
        });
    }

    private static JsonNode response(ScriptedServer server, String id) throws InterruptedException {
        return server.await(message ->
                !message.has("method") && message.path("id").toString().equals(id));
    }

    private void call(String id, String tool, String more) throws IOException {
        peer.get()
                .send("{'jsonrpc':'2.0','id':" + id + ",'method':'tool/execute','params':{'name':'" + tool + "'" + more
                        + "}}");
    }

    @Test
    void toolsAreRegisteredAndAnswerUnderTheIdThatCame() throws Exception {
        CallbackTool keyed = CallbackTools.named(
                "keyed",
                call -> call.id().isPresent() + " "
                        + call.dedupeKey().orElseThrow().text());
        try (ScriptedServer server = server();
                ServerCalls calls = Rpc.connect(server, Rpc.setup(CallbackTools.echo(), keyed))) {
            JsonNode registered = server.await("tools/register").at("/params/tools");
            assertThat(registered.toString())
                    .isEqualTo(
                            "[{\"name\":\"echo\",\"description\":\"a tool\",\"input_schema\":{\"type\":\"object\"}},"
                                    + "{\"name\":\"keyed\",\"description\":\"a tool\",\"input_schema\":{\"type\":\"object\"}}]");
            assertThat(calls.peers(Rpc.SESSION)).isEmpty();

            call("'srv-1'", "echo", ",'tool_use_id':'toolu_1','arguments':{'a':1}");
            JsonNode answer = response(server, "\"srv-1\"");
            assertThat(answer.get("jsonrpc").asText()).isEqualTo("2.0");
            assertThat(answer.get("result").toString())
                    .isEqualTo("{\"content\":\"toolu_1 {\\\"a\\\":1}\",\"is_error\":false}");

            call("77", "keyed", ",'arguments':{},'dedupe_key':{'call_id':'c','round':3}");
            assertThat(response(server, "77").at("/result/content").asText())
                    .isEqualTo("false {\"call_id\":\"c\",\"round\":3}");
        }
    }

    @Test
    void whatAToolThrowsIsItsError() throws Exception {
        CallbackTool broken = CallbackTools.named("broken", call -> {
            throw new IOException("no disk");
        });
        CallbackTool silent = CallbackTools.named("silent", call -> null);
        CallbackTool deep = CallbackTools.named("deep", call -> {
            throw new StackOverflowError();
        });
        try (ScriptedServer server = server();
                ServerCalls calls = Rpc.connect(server, Rpc.setup(broken, silent, deep))) {
            assertThat(calls.peers(Rpc.SESSION)).isEmpty();

            call("1", "broken", "");
            assertThat(response(server, "1").get("result").toString())
                    .isEqualTo("{\"content\":\"no disk\",\"is_error\":true}");
            call("2", "silent", "");
            assertThat(response(server, "2").get("result").toString())
                    .isEqualTo("{\"content\":\"the tool returned null\",\"is_error\":true}");
            call("3", "deep", "");
            assertThat(response(server, "3").get("result").toString())
                    .isEqualTo("{\"content\":\"java.lang.StackOverflowError\",\"is_error\":true}");
        }
    }

    @Test
    void unknownToolsAndMethodsAreRefused() throws Exception {
        try (ScriptedServer server = server();
                ServerCalls calls = Rpc.connect(server, Rpc.setup(CallbackTools.echo()))) {
            assertThat(calls.peers(Rpc.SESSION)).isEmpty();

            call("'a'", "nope", "");
            assertThat(response(server, "\"a\"").at("/error/code").asInt()).isEqualTo(-32601);
            peer.get().send("{'jsonrpc':'2.0','id':'b','method':'ask/user','params':{}}");
            assertThat(response(server, "\"b\"").get("error").toString())
                    .isEqualTo("{\"code\":-32601,\"message\":\"Method not found: ask/user\"}");
        }
    }

    @Test
    void toolsThatRunAtOnceAreBoundedAndDoNotKeepAnswersWaiting() throws Exception {
        CountDownLatch running = new CountDownLatch(ClientThreads.TOOLS_AT_ONCE);
        CountDownLatch release = new CountDownLatch(1);
        CallbackTool slow = CallbackTools.named("slow", call -> {
            running.countDown();
            release.await();
            return "done";
        });
        try (ScriptedServer server = server();
                ServerCalls calls = Rpc.connect(server, Rpc.setup(slow))) {
            assertThat(calls.peers(Rpc.SESSION)).isEmpty();
            for (int i = 0; i < ClientThreads.TOOLS_AT_ONCE; i++) {
                call(Integer.toString(i), "slow", "");
            }
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();

            call("'over'", "slow", "");
            assertThat(response(server, "\"over\"").at("/error/message").asText())
                    .isEqualTo("too many tools run already: 16");
            assertThat(calls.peers(Rpc.SESSION)).isEmpty();
            release.countDown();
            assertThat(response(server, "3").at("/result/content").asText()).isEqualTo("done");
        }
    }

    @Test
    void aClosedClientInterruptsItsTools() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CallbackTool endless = CallbackTools.named("endless", call -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return "never";
        });
        try (ScriptedServer server = server()) {
            try (ServerCalls calls = Rpc.connect(server, Rpc.setup(endless))) {
                assertThat(calls.peers(Rpc.SESSION)).isEmpty();
                call("1", "endless", "");
                assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
