package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcToolsTest {
    private static final SessionId SESSION = new SessionId(UUID.fromString(RpcArena.SESSION));
    private static final String CLOCK =
            "{'tools':[{'name':'clock','description':'time','input_schema':{'type':'object'}}]}";

    private static RpcClient serving(RpcArena arena) throws Exception {
        RpcClient client = arena.client();
        JsonNode registered = client.call(1, "tools/register", CLOCK).hear();
        assertThat(registered.path("result").toString()).isEqualTo("{\"registered\":1}");
        client.call(2, "session/create", "{}");
        FakeCalls.Started create = arena.calls.started.take();
        create.caller().engaged(SESSION, true, false);
        create.succeed(Optional.empty());
        client.hear();
        return client;
    }

    private static CompletableFuture<Json> called(RpcArena arena) {
        CompletableFuture<Json> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(arena.shared.tools().call(SESSION, "clock", Json.parse("{\"zone\":1}"), "key-1"));
            } catch (InterruptedException | MeerkatException e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        return result;
    }

    private static MeerkatException failure(CompletableFuture<Json> result) {
        return assertThat(result)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.type(MeerkatException.class))
                .actual();
    }

    @Test
    void theClientAnswersCallsOfItsTools() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = serving(arena);
            assertThat(arena.shared.tools().of(SESSION))
                    .containsExactly(new ClientTools.Tool("clock", "time", Json.parse("{\"type\":\"object\"}")));

            CompletableFuture<Json> text = called(arena);
            assertThat(client.hear().toString())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"srv-0\",\"method\":\"tool/execute\",\"params\":"
                            + "{\"tool_use_id\":\"key-1\",\"name\":\"clock\",\"arguments\":{\"zone\":1},"
                            + "\"dedupe_key\":{\"call_id\":\"key-1\"}}}");
            client.say("{'jsonrpc':'2.0','id':'srv-0','result':{'content':'noon','is_error':false}}");
            assertThat(text.get(20, TimeUnit.SECONDS)).isEqualTo(Json.of("noon"));

            CompletableFuture<Json> blocks = called(arena);
            assertThat(client.hear().path("id").textValue()).isEqualTo("srv-1");
            client.say("{'jsonrpc':'2.0','id':'srv-1','result':{'content':[{'type':'text','text':'noon'}]}}");
            assertThat(blocks.get(20, TimeUnit.SECONDS))
                    .isEqualTo(Json.parse("[{\"type\":\"text\",\"text\":\"noon\"}]"));
        }
    }

    @Test
    void theOlderLineHasNoKey() throws Exception {
        try (RpcArena arena = RpcArena.of(ContractLine.V0_6)) {
            RpcClient client = serving(arena);
            CompletableFuture<Json> result = called(arena);

            assertThat(client.hear().path("params").has("dedupe_key")).isFalse();
            client.say("{'jsonrpc':'2.0','id':'srv-0','result':{}}");
            assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(Json.of(""));
        }
    }

    @Test
    void whatTheClientSaysOfAFailureIsTheFailure() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = serving(arena);
            String[] answers = {
                "'error':{'code':-32000,'message':'it broke'}",
                "'result':{'content':'it broke','is_error':true}",
                "'result':{'content':[{'type':'text','text':'it broke'}],'is_error':true}",
            };
            for (int i = 0; i < answers.length; i++) {
                CompletableFuture<Json> result = called(arena);
                client.hear();
                client.say("{'jsonrpc':'2.0','id':'srv-" + i + "'," + answers[i] + "}");

                MeerkatException failure = failure(result);
                assertThat(failure).isInstanceOf(FailedException.class).hasMessageContaining("it broke");
                assertThat(failure.code()).isEqualTo("tool_failed");
            }
        }
    }

    @Test
    void aClientThatLeavesLeavesItsCallsUnknownAndItsToolsGone() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = serving(arena);
            CompletableFuture<Json> result = called(arena);
            client.hear();
            client.close();

            MeerkatException failure = failure(result);
            assertThat(failure).isInstanceOf(UnknownOutcomeException.class);
            assertThat(failure.code()).isEqualTo("tool_client_gone");
            assertThat(arena.shared.tools().of(SESSION)).isEmpty();
            assertThatThrownBy(() -> arena.shared.tools().call(SESSION, "clock", Json.EMPTY_OBJECT, "k"))
                    .isInstanceOf(NotDoneException.class);
        }
    }

    @Test
    void aToolThatDoesNotAnswerIsNotWaitedForForever() throws Exception {
        Timeouts brief = new Timeouts(Timeouts.DEFAULTS.token(), RpcArena.BRIEF.tool(), Timeouts.DEFAULTS.write());
        try (RpcArena arena = RpcArena.of(brief)) {
            RpcClient client = serving(arena);

            assertThat(failure(called(arena)).code()).isEqualTo("tool_timeout");
            client.hear();
            client.say("{'jsonrpc':'2.0','id':'srv-0','result':{'content':'late'}}");
            assertThat(client.call(3, "echo", "{}").hear().has("result")).isTrue();
        }
    }

    @Test
    void toolsAreRegisteredBeforeTheNextLineIsRead() throws Exception {
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults())) {
            RpcClient client = arena.client();
            client.call(1, "tools/register", CLOCK).call(2, "session/create", "{}");
            arena.calls.started.take().caller().engaged(SESSION, true, false);

            assertThat(arena.shared.tools().of(SESSION)).hasSize(1);
        }
    }

    @Test
    void whatIsNoToolIsRefused() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            for (String params : new String[] {
                "{}",
                "{'tools':{}}",
                "{'tools':[{'name':'a','description':'b'}]}",
                "{'tools':[{'name':'','description':'b','input_schema':{}}]}",
                "{'tools':[{'description':'b','input_schema':{}}]}",
                "{'tools':[7]}"
            }) {
                assertThat(code(client, params)).isEqualTo(-32602);
            }
            assertThat(client.call(2, "tools/register", "{'tools':[]}")
                            .hear()
                            .path("result")
                            .toString())
                    .isEqualTo("{\"registered\":0}");
        }
    }

    @Test
    void allToolsOfAConnectionTogetherAreBounded() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            String half = "'description':'" + "x".repeat(5 << 20) + "','input_schema':{}}]}";

            assertThat(code(client, "{'tools':[{'name':'a'," + half)).isZero();
            assertThat(code(client, "{'tools':[{'name':'b'," + half)).isEqualTo(-32602);
            assertThat(code(client, "{'tools':[{'name':'a'," + half))
                    .as("in the place of the first")
                    .isZero();
        }
    }

    private static int code(RpcClient client, String params) throws IOException {
        return client.call(1, "tools/register", params)
                .hear()
                .path("error")
                .path("code")
                .intValue();
    }
}
