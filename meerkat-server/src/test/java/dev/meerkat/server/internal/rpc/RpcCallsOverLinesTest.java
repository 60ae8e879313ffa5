package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.wire.ContractLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcCallsOverLinesTest {
    private static int code(JsonNode answer) {
        return answer.path("error").path("code").intValue();
    }

    @Test
    void callsRunAtOnceAndAreAnsweredInAnyOrder() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.call(1, "first", "{}").call("'1'", "second", "{}");
            FakeCalls.Started first = arena.calls.started.take();
            FakeCalls.Started second = arena.calls.started.take();

            second.succeed(Optional.empty());
            assertThat(client.hear().path("id").toString()).isEqualTo("\"1\"");
            first.succeed(Optional.empty());
            assertThat(client.hear().path("id").toString()).isEqualTo("1");
        }
    }

    @Test
    void oneIdIsInFlightOnce() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            JsonNode refused =
                    client.call(1, "wait", "{}").call(1, "echo", "{}").hear();

            assertThat(code(refused)).isEqualTo(-32004);
            assertThat(refused.path("id").intValue()).isEqualTo(1);
            arena.calls.started.take().succeed(Optional.empty());
            assertThat(client.hear().path("result").path("done").textValue()).isEqualTo("wait");
            assertThat(client.call(1, "echo", "{}").hear().has("result")).isTrue();
        }
    }

    @Test
    void aCallIsCancelledByItsId() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.call(1, "wait", "{}").call("'1'", "wait", "{}");
            FakeCalls.Started number = arena.calls.started.take();
            FakeCalls.Started text = arena.calls.started.take();

            client.say("{'jsonrpc':'2.0','method':'cancel','params':{'request_id':'1'}}");

            JsonNode answer = client.hear();
            assertThat(answer.path("id").toString()).isEqualTo("\"1\"");
            assertThat(code(answer)).isEqualTo(-32005);
            assertThat(text.cancelled()).isTrue();
            assertThat(number.cancelled()).isFalse();
        }
    }

    @Test
    void tooManyCallsAreRefusedAndTheOthersAnswered() throws Exception {
        try (RpcArena arena = RpcArena.of(new ServerLimits(1 << 20, 10, 3, 10, 10))) {
            RpcClient client = arena.client();
            for (int i = 1; i <= 4; i++) {
                client.call(i, "wait", "{}");
            }
            JsonNode refused = client.hear();
            assertThat(refused.path("id").intValue()).isEqualTo(4);
            assertThat(code(refused)).isEqualTo(-32011);
            assertThat(refused.path("error").path("data").path("reason").textValue())
                    .isEqualTo("rpc_request_backpressured");
            assertThat(code(arena.client().call(1, "echo", "{}").hear())).isEqualTo(-32011);

            List<Integer> answered = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                arena.calls.started.take().succeed(Optional.empty());
                answered.add(client.hear().path("id").intValue());
            }
            assertThat(answered).containsExactly(1, 2, 3);
            assertThat(client.call(5, "echo", "{}").hear().has("result")).isTrue();
        }
    }

    @Test
    void aTokenIsShownBeforeAnythingElse() throws Exception {
        try (RpcArena arena =
                new RpcArena(ContractLine.NEWEST, ServerLimits.defaults(), Optional.of("open"), Timeouts.DEFAULTS)) {
            RpcClient client = arena.client();

            assertThat(code(client.call(1, "echo", "{}").hear())).isEqualTo(-32025);
            assertThat(code(client.call(2, "session/stream_open", "{}").hear())).isEqualTo(-32025);
            assertThat(code(client.call(3, "initialize", "{'token':'wrong'}").hear()))
                    .isEqualTo(-32025);
            assertThat(client.call(4, "initialize", "{'token':'open'}").hear().has("result"))
                    .isTrue();
            assertThat(client.call(5, "echo", "{'a':1}").hear().path("result").toString())
                    .isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void aThirdWrongTokenEndsTheConnection() throws Exception {
        try (RpcArena arena =
                new RpcArena(ContractLine.NEWEST, ServerLimits.defaults(), Optional.of("open"), Timeouts.DEFAULTS)) {
            RpcClient client = arena.client();
            for (int i = 1; i <= 3; i++) {
                assertThat(code(client.call(i, "initialize", "{}").hear())).isEqualTo(-32025);
            }

            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void whoDoesNotShowTheTokenInTimeIsDisconnected() throws Exception {
        try (RpcArena arena =
                new RpcArena(ContractLine.NEWEST, ServerLimits.defaults(), Optional.of("open"), RpcArena.BRIEF)) {
            assertThat(arena.client().atEnd()).isTrue();
        }
    }

    @Test
    void standardInputNeedsNoToken() throws Exception {
        try (RpcArena arena =
                new RpcArena(ContractLine.NEWEST, ServerLimits.defaults(), Optional.of("open"), Timeouts.DEFAULTS)) {
            assertThat(arena.piped().client().call(1, "echo", "{}").hear().has("result"))
                    .isTrue();
        }
    }
}
