package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.ClientTools.Tool;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tools that a client gives to one session only. */
@Timeout(60)
class RpcOwnToolsTest {
    private static final String BELL = "{'name':'bell','description':'own','input_schema':{}}";
    private static final Tool OWN = new Tool("bell", "own", Json.EMPTY_OBJECT);

    private static SessionId session(int number) {
        return new SessionId(new UUID(0x0190000000007000L, 0x8000000000000000L + number));
    }

    /** Creates a session; what it wants to know of it is known when the server carries the call out. */
    private static void create(RpcArena arena, RpcClient client, String params, int number) throws Exception {
        client.call(number, "session/create", params);
        arena.calls.started.take().caller().engaged(session(number), true, false);
    }

    @Test
    void theyServeTheSessionThatTheyAreGivenToAndNoOther() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            ClientTools tools = arena.shared.tools();
            RpcClient client = arena.client();
            create(arena, client, "{'external_tools':[" + BELL + "]}", 1);
            create(arena, client, "{}", 2);
            assertThat(tools.of(session(1))).containsExactly(OWN);
            assertThat(tools.of(session(2))).isEmpty();

            CompletableFuture<Json> called = new CompletableFuture<>();
            new Thread(() -> {
                        try {
                            called.complete(tools.call(session(1), "bell", Json.EMPTY_OBJECT, "key-1"));
                        } catch (InterruptedException | MeerkatException e) {
                            called.completeExceptionally(e);
                        }
                    })
                    .start();
            JsonNode request = client.hear();
            assertThat(request.path("method").textValue()).isEqualTo("tool/execute");
            assertThat(request.at("/params/name").textValue()).isEqualTo("bell");
            client.say("{'jsonrpc':'2.0','id':'srv-0','result':{'content':'rung'}}");
            assertThat(called.get(20, TimeUnit.SECONDS)).isEqualTo(Json.of("rung"));
        }
    }

    @Test
    void theyGoBeforeThoseOfTheConnectionAndStayForLaterTurns() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            ClientTools tools = arena.shared.tools();
            RpcClient client = arena.client();
            client.call(
                            9,
                            "tools/register",
                            "{'tools':[{'name':'bell','description':'of all','input_schema':{}},"
                                    + "{'name':'clock','description':'of all','input_schema':{}}]}")
                    .hear();
            create(arena, client, "{'external_tools':[" + BELL + "]}", 1);
            List<Tool> expected = List.of(OWN, new Tool("clock", "of all", Json.EMPTY_OBJECT));
            assertThat(tools.of(session(1))).isEqualTo(expected);

            client.call(2, "turn/start", "{}");
            arena.calls.started.take().caller().engaged(session(1), false, false);
            assertThat(tools.of(session(1))).isEqualTo(expected);

            client.close();
            while (!tools.of(session(1)).isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(tools.of(session(1))).isEmpty();
        }
    }

    @Test
    void whatIsNoToolIsRefusedBeforeAnythingIsCreated() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            for (String wrong : List.of("1", "[1]", "[{'name':'a'}]")) {
                JsonNode answer = client.call(1, "session/create", "{'external_tools':" + wrong + "}")
                        .hear();
                assertThat(answer.at("/error/code").intValue()).as(wrong).isEqualTo(-32602);
            }
            assertThat(arena.calls.started).isEmpty();
        }
    }
}
