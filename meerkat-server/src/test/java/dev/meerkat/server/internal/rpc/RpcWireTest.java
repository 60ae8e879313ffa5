package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RpcWireTest {
    private static void refused(JsonNode answer, String id, int code) {
        assertThat(answer.path("jsonrpc").textValue()).isEqualTo("2.0");
        assertThat(answer.has("id")).isTrue();
        assertThat(answer.path("id").toString()).isEqualTo(id);
        assertThat(answer.path("error").path("code").intValue()).isEqualTo(code);
        assertThat(answer.path("error").path("message").textValue()).isNotBlank();
        assertThat(answer.at("/error/data/outcome").textValue()).isEqualTo(code == -32603 ? "unknown" : "not_done");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'jsonrpc':'2.0','id':7,'method':'comms/send','params':{] | 7 | -32700",
                "{'jsonrpc':'2.0','id':7,'method':'comms/peers','params':{'a':1}} extra | 7 | -32700",
                "{'jsonrpc':'2.0','method':'session/external_event','params':{'payload':nul}, 'id' : 'x-1' } | \"x-1\" | -32700",
                "{'jsonrpc':'2.0','id':-9223372036854775808,'method':'echo' | -9223372036854775808 | -32700",
                "{'jsonrpc':'2.0','id':12 | null | -32700",
                "{'jsonrpc':'2.0','params':{'id':12},'method':} | null | -32700",
                "{'jsonrpc':'2.0','id':1,'id':2,'method':'echo'} | null | -32700",
                "{'jsonrpc':'2.0','id':3,'method':'echo','params':{'a':1,'a':2}} | 3 | -32700",
                "not json | null | -32700",
                "'text' | null | -32600",
                "[{'jsonrpc':'2.0','id':1,'method':'echo'}] | null | -32700",
                "{'jsonrpc':'1.0','id':4,'method':'echo'} | 4 | -32600",
                "{'id':4,'method':'echo'} | 4 | -32700",
                "{'jsonrpc':'2.0','id':1.5,'method':'echo'} | null | -32600",
                "{'jsonrpc':'2.0','id':9223372036854775808,'method':'echo'} | null | -32600",
                "{'jsonrpc':'2.0','id':{},'method':'echo'} | null | -32600",
                "{'jsonrpc':'2.0','id':true,'method':'echo'} | null | -32600",
                "{'jsonrpc':'2.0','id':5,'method':3} | 5 | -32600",
                "{'jsonrpc':'2.0','id':6} | 6 | -32600",
                "{'jsonrpc':'2.0','id':'','method':'echo','params':[1]} | \"\" | -32602",
                "{'jsonrpc':'2.0','id':8,'method':'fail','params':{'outcome':'not_done'}} | 8 | -32602",
                "{'jsonrpc':'2.0','id':9,'method':'break'} | 9 | -32603",
            })
    void everyErrorHasTheIdOfItsCallAndTheConnectionGoesOn(String line, String id, int code) throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.piped().client();

            refused(client.say(line).hear(), id, code);

            assertThat(client.call(99, "echo", "{'a':1}").hear().toString())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{\"a\":1}}");
        }
    }

    @Test
    void whatABrokenCallHoldsIsNotToldInAnInternalError() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            assertThat(arena.client().call(1, "break", "{}").hear().toString()).doesNotContain("secret");
        }
    }

    @Test
    void theOlderLineWantsSomeVersion() throws Exception {
        try (RpcArena arena = RpcArena.of(ContractLine.V0_6)) {
            RpcClient client = arena.client();

            assertThat(client.say("{'jsonrpc':'1.0','id':4,'method':'echo'}")
                            .hear()
                            .path("result")
                            .isObject())
                    .isTrue();
            assertThat(client.say("{'id':5,'method':'echo'}")
                            .hear()
                            .at("/error/code")
                            .intValue())
                    .isEqualTo(-32700);
        }
    }

    @Test
    void idsAreTextsOfUpTo1024Bytes() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            String longest = "é".repeat(512);

            assertThat(client.call("'" + longest + "'", "echo", "{}")
                            .hear()
                            .path("id")
                            .textValue())
                    .isEqualTo(longest);
            JsonNode refused = client.call("'" + longest + "x'", "echo", "{}").hear();
            refused(refused, "null", -32600);
            assertThat(refused.path("error").path("data").path("reason").textValue())
                    .isEqualTo("rpc_request_id_too_large");
        }
    }

    @Test
    void blankLinesAndNotificationsAreNotAnswered() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.raw("\n \t\r\n")
                    .say("{'jsonrpc':'2.0','method':'initialized'}")
                    .say("{'jsonrpc':'2.0','method':'fail','id':null}")
                    .say("{'jsonrpc':'2.0','method':'cancel','params':{'request_id':77}}")
                    .say("{'jsonrpc':'2.0','id':'srv-9','result':{}}");

            assertThat(client.call(1, "echo", "{}").hear().path("id").intValue())
                    .isEqualTo(1);
        }
    }

    @Test
    void aLineMayComeInPiecesAndBeNotUtf8() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            byte[] line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{\"é\":1}}\n"
                    .getBytes(StandardCharsets.UTF_8);
            for (byte b : line) {
                client.raw(new byte[] {b});
            }
            assertThat(client.hear().path("result").path("é").intValue()).isEqualTo(1);

            byte[] latin = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"echo\",\"params\":{\"é\":1}}\n"
                    .getBytes(StandardCharsets.ISO_8859_1);
            JsonNode answer = client.raw(latin).hear();
            refused(answer, "2", -32700);
            assertThat(answer.path("error").path("message").textValue()).contains("UTF-8");
        }
    }

    @Test
    void aLineThatIsTooLongIsRefusedWithItsIdAndNotKept() throws Exception {
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withMessageBytes(1_000))) {
            RpcClient client = arena.client();
            byte[] much = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            client.raw("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"echo\",\"params\":{\"a\":\"");
            for (int i = 0; i < 64; i++) {
                client.raw(much);
            }
            client.raw("\"}}\n");

            refused(client.hear(), "3", -32600);
            assertThat(client.call(4, "echo", "{}").hear().path("id").intValue())
                    .isEqualTo(4);
        }
    }

    @Test
    void tooDeepNestingIsAParseError() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            String deep = "[".repeat(100_000) + "]".repeat(100_000);

            refused(client.call(5, "echo", "{'a':" + deep + "}").hear(), "5", -32700);
        }
    }

    @Test
    void whatIsOwedIsStillWrittenAfterTheEndOfInput() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.call(1, "wait", "{}").raw("{\"half\":");
            client.endOutput();
            refused(client.hear(), "null", -32700);
            FakeCalls.Started call = arena.calls.started.take();
            call.succeed(Optional.empty());

            assertThat(client.hear().path("result").path("done").textValue()).isEqualTo("wait");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void standardInputThatEndsEndsTheListenerWithItsAnswersWritten() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcArena.Piped piped = arena.piped();
            piped.client().call(1, "initialize", "{}").call(2, "wait", "{}");
            assertThat(piped.client().hear().path("id").intValue()).isEqualTo(1);
            FakeCalls.Started call = arena.calls.started.take();
            assertThat(piped.listener().address()).isEmpty();
            assertThat(piped.listener().ended().toCompletableFuture()).isNotDone();

            piped.client().endOutput();
            piped.listener().ended().toCompletableFuture().get(20, TimeUnit.SECONDS);
            call.succeed(Optional.empty());

            assertThat(piped.client().hear().path("id").intValue()).isEqualTo(2);
            assertThat(piped.client().atEnd()).isTrue();
        }
    }

    @Test
    void closingTakesNoMoreCallsAndLetsThoseThatRunEnd() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.call(1, "wait", "{}");
            FakeCalls.Started call = arena.calls.started.take();
            Thread closing = new Thread(() -> arena.listener.close(Duration.ofSeconds(20)));
            closing.start();
            while (accepts(arena.listener)) {
                Thread.onSpinWait();
            }
            call.succeed(Optional.empty());

            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
            assertThat(client.atEnd()).isTrue();
            closing.join(20_000);
            assertThat(closing.isAlive()).isFalse();
        }
    }

    @Test
    void closingDoesNotWaitForCallsLongerThanItMay() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.call(1, "wait", "{}");
            FakeCalls.Started call = arena.calls.started.take();

            arena.listener.close(Duration.ofMillis(1));

            assertThat(client.atEnd()).isTrue();
            assertThat(call.cancelled()).isFalse();
        }
    }

    private static boolean accepts(Listener listener) {
        try (RpcClient another = RpcClient.tcp(listener.address().orElseThrow())) {
            return !another.call(1, "echo", "{}").atEnd();
        } catch (IOException e) {
            return false;
        }
    }
}
