package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** JSON-RPC over TCP, in front of a runtime. */
@Timeout(60)
class RpcRuntimeTest {
    private final ClientTools tools = ClientTools.create();
    private final CountDownLatch never = new CountDownLatch(1);
    private final Meerkat meerkat =
            MeerkatRuntime.of((Agent) this::answer).retry(RetryPolicy.none()).open();
    private RunningServer server;

    private String answer(TurnContext turn) throws Exception {
        String prompt = turn.inputs().toString();
        if (prompt.contains("hold")) {
            never.await();
        } else if (prompt.contains("break")) {
            throw new IllegalStateException("broken");
        } else if (prompt.contains("clock")) {
            return tools.call(turn.session().id(), "clock", Json.EMPTY_OBJECT, "key")
                    .as(String.class);
        }
        return "answered";
    }

    @BeforeEach
    void start() throws IOException {
        server = serve(ContractLine.NEWEST);
    }

    private RunningServer serve(ContractLine line) throws IOException {
        return MeerkatServer.of(meerkat)
                .tools(tools)
                .contract(line)
                .tcp("127.0.0.1", 0)
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        meerkat.close();
    }

    private static RpcClient client(RunningServer server) throws IOException {
        return RpcClient.tcp(server.addresses().get(0));
    }

    private static String type(JsonNode line) {
        return line.path("params").path("event").path("payload").path("type").textValue();
    }

    /** Reads up to the answer; the types of the events before it. */
    private static Heard untilAnswer(RpcClient client) throws IOException {
        List<String> types = new ArrayList<>();
        JsonNode line = client.hear();
        while (!line.has("id")) {
            types.add(type(line));
            line = client.hear();
        }
        return new Heard(types, line);
    }

    private record Heard(List<String> types, JsonNode answer) {}

    private static String session(JsonNode answer) {
        return answer.path("result").path("session_id").textValue();
    }

    @ParameterizedTest
    @EnumSource
    void theHandshakeTellsTheLineAndTheMethods(ContractLine line) throws Exception {
        try (RunningServer other = serve(line);
                RpcClient client = client(other)) {
            JsonNode result = client.call(1, "initialize", "{}").hear().path("result");

            assertThat(result.path("contract_version").textValue())
                    .isEqualTo(line.version().toString());
            assertThat(result.path("methods").toString())
                    .contains("\"session/create\"", "\"tools/register\"", "\"session/stream_open\"");
        }
    }

    @Test
    void aParameterThatLooksLikeAnotherIsRefused() throws Exception {
        String[][] calls = {
            {"session/create", "{'prompt':'p','keepAlive':true}", "keep_alive"},
            {
                "session/create",
                "{'prompt':'p','external_tools':[{'name':'t','description':'d','inputSchema':{}}]}",
                "external_tools[].input_schema"
            },
            {"tools/register", "{'tools':[{'name':'t','desciption':'d','input_schema':{}}]}", "tools[].description"},
            {"session/stream_open", "{'sessionId':'x'}", "session_id"},
            {"session/stream_open", "{'session_id':'x','afterSequence':1}", "after_sequence"},
            {"session/stream_close", "{'streamID':'x'}", "stream_id"},
            {
                "session/external_event",
                "{'session_id':'x','kind':'generic_json','event_type':'x','payload':1,'idempotencyKey':'k'}",
                "idempotency_key"
            },
        };
        try (RpcClient client = client(server)) {
            for (int i = 0; i < calls.length; i++) {
                JsonNode error = client.call(i, calls[i][0], calls[i][1]).hear().path("error");
                assertThat(error.path("code").intValue()).isEqualTo(-32602);
                assertThat(error.path("message").textValue()).contains("did you mean `" + calls[i][2] + "`?");
            }
            assertThat(client.call(99, "session/list", "{}").hear().at("/result/sessions"))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void allEventsOfATurnComeBeforeItsAnswer(ContractLine line) throws Exception {
        try (RunningServer other = serve(line);
                RpcClient client = client(other)) {
            Heard created = untilAnswer(client.call(1, "session/create", "{'prompt':'hello'}"));
            assertThat(created.answer().path("result").path("text").textValue()).isEqualTo("answered");
            assertThat(created.types()).startsWith("run_started").contains("run_completed");

            String id = session(created.answer());
            for (int i = 2; i < 20; i++) {
                Heard turn = untilAnswer(client.call(i, "turn/start", "{'session_id':'" + id + "','prompt':'again'}"));
                assertThat(turn.answer().path("id").intValue()).isEqualTo(i);
                assertThat(turn.types()).startsWith("run_started").contains("run_completed");
            }
            Heard quiet = untilAnswer(client.call(
                    50, "turn/start", "{'session_id':'" + id + "','prompt':'again','session_events':false}"));
            assertThat(line == ContractLine.V0_6 || quiet.types().isEmpty()).isTrue();
        }
    }

    @Test
    void theEventsOfATurnThatFailsComeBeforeItsError() throws Exception {
        try (RpcClient client = client(server)) {
            String id = session(untilAnswer(client.call(1, "session/create", "{'prompt':'hello'}"))
                    .answer());
            Heard failed = untilAnswer(client.call(2, "turn/start", "{'session_id':'" + id + "','prompt':'break'}"));

            assertThat(failed.answer().path("error").path("code").isIntegralNumber())
                    .isTrue();
            assertThat(failed.types()).startsWith("run_started").contains("run_failed");
        }
    }

    @Test
    void everyRefusalHasItsId() throws Exception {
        try (RpcClient client = client(server)) {
            int id = 1;
            for (String method : List.of(
                    "comms/send",
                    "comms/peers",
                    "session/external_event",
                    "session/peer_response_terminal",
                    "session/create",
                    "turn/start",
                    "session/stream_open",
                    "no/such/method")) {
                id++;
                JsonNode answer = client.call(id, method, "{'session_id':7}").hear();
                assertThat(answer.path("id").intValue()).as(method).isEqualTo(id);
                assertThat(answer.path("error").path("code").intValue())
                        .as(method)
                        .isIn(-32601, -32602);
            }
        }
    }

    @Test
    void theAgentCallsTheToolsOfTheClientThatCreatedTheSession() throws Exception {
        try (RpcClient client = client(server)) {
            client.call(
                            1,
                            "tools/register",
                            "{'tools':[{'name':'clock','description':'time','input_schema':{'type':'object'}}]}")
                    .hear();
            String id = session(untilAnswer(client.call(2, "session/create", "{'prompt':'hello'}"))
                    .answer());
            client.call(3, "turn/start", "{'session_id':'" + id + "','prompt':'clock'}");
            Heard request = untilAnswer(client);
            assertThat(request.answer().path("method").textValue()).isEqualTo("tool/execute");
            client.say("{'jsonrpc':'2.0','id':" + request.answer().path("id") + ",'result':{'content':'noon'}}");

            JsonNode answer = untilAnswer(client).answer();
            assertThat(answer.path("result").path("text").textValue()).isEqualTo("noon");
        }
    }

    @Test
    void aStreamBeginsWhereItIsAskedToAndASessionOutlivesItsClient() throws Exception {
        String id;
        try (RpcClient first = client(server)) {
            id = session(untilAnswer(first.call(1, "session/create", "{'prompt':'hello','session_events':false}"))
                    .answer());
        }
        try (RpcClient second = client(server)) {
            JsonNode opened = second.call(1, "session/stream_open", "{'session_id':'" + id + "','after_sequence':0}")
                    .hear();
            assertThat(opened.path("result").path("opened").booleanValue()).isTrue();
            List<String> types = new ArrayList<>();
            while (!types.contains("run_completed")) {
                JsonNode event = second.hear();
                assertThat(event.path("method").textValue()).isEqualTo("session/stream_event");
                types.add(type(event));
                assertThat(event.path("params").path("sequence").intValue()).isEqualTo(types.size());
            }
            assertThat(types).contains("run_started");
            second.call(2, "session/archive", "{'session_id':'" + id + "'}");
            List<String> methods = new ArrayList<>();
            boolean answered = false;
            while (!answered || !methods.contains("session/stream_end")) {
                JsonNode line = second.hear();
                answered |= line.path("id").intValue() == 2;
                methods.add(line.path("method").asText(""));
            }
            assertThat(methods).contains("session/stream_end");
        }
    }

    @Test
    void aTurnThatRunsIsCancelledByTheIdOfItsCall() throws Exception {
        try (RpcClient client = client(server)) {
            String id = session(untilAnswer(client.call(1, "session/create", "{'prompt':'hello'}"))
                    .answer());
            client.call("'t'", "turn/start", "{'session_id':'" + id + "','prompt':'hold'}");
            assertThat(type(client.hear())).isEqualTo("run_started");
            client.say("{'jsonrpc':'2.0','method':'cancel','params':{'request_id':'t'}}");

            JsonNode answer = untilAnswer(client).answer();
            assertThat(answer.path("id").textValue()).isEqualTo("t");
            assertThat(answer.path("error").path("code").intValue()).isEqualTo(-32005);
        }
    }

    @Test
    void theFirstTurnOfASessionHasTheToolsOfItsClient() throws Exception {
        try (RpcClient client = client(server)) {
            client.call(
                            1,
                            "tools/register",
                            "{'tools':[{'name':'clock','description':'time','input_schema':{'type':'object'}}]}")
                    .hear();
            for (int i = 0; i < 20; i++) {
                client.call("'c" + i + "'", "session/create", "{'prompt':'clock'}");
                JsonNode request = untilAnswer(client).answer();
                assertThat(request.path("method").textValue())
                        .as(request.toString())
                        .isEqualTo("tool/execute");
                client.say("{'jsonrpc':'2.0','id':" + request.path("id") + ",'result':{'content':'noon'}}");
                JsonNode answer = untilAnswer(client).answer();
                assertThat(answer.path("result").path("text").textValue()).isEqualTo("noon");
            }
        }
    }
}
