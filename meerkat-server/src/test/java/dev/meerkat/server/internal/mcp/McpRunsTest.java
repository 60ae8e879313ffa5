package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.ContractLine;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hosts see of turns beside their answers: events, and calls of the tools that they brought along. */
@Timeout(60)
class McpRunsTest {
    private static final String CLOCK =
            "{'name':'clock','description':'tells the time','input_schema':{'type':'object'}}";
    private static final String WITH_CLOCK = ",'tools':[" + CLOCK + "]}";

    private final ClientTools tools = ClientTools.create();
    private final Meerkat meerkat =
            MeerkatRuntime.of(this::answer).retry(RetryPolicy.none()).open();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        meerkat.close();
    }

    /** Calls the clock as often as the prompt says so, and tells which tools there are. */
    private String answer(TurnContext turn) throws Exception {
        List<String> said = new ArrayList<>();
        for (var input : turn.inputs()) {
            String prompt = input.body() instanceof InputBody.Prompt text ? text.text() : "call";
            for (String word : prompt.split(" ")) {
                said.add(word.equals("call") ? called(turn, said.size()) : word);
            }
        }
        tools.of(turn.session().id()).forEach(tool -> said.add(tool.name()));
        return String.join(" ", said);
    }

    private String called(TurnContext turn, int number) throws Exception {
        Json zone = Json.parse("{\"zone\":" + number + "}");
        try {
            return turn.tool("clock", zone, key -> tools.call(turn.session().id(), "clock", zone, key))
                    .toString();
        } catch (MeerkatException e) {
            return e.code();
        }
    }

    private McpHost host(ContractLine line) throws IOException {
        RunningServer server = MeerkatServer.of(meerkat)
                .contract(line)
                .tools(tools)
                .mcp("127.0.0.1", 0)
                .start();
        opened.add(0, server);
        return host(server);
    }

    private McpHost host(RunningServer server) {
        String url = "http://127.0.0.1:" + server.addresses().get(0).getPort();
        McpHost host = new McpHost(json ->
                HttpClientStreamableHttpTransport.builder(url).jsonMapper(json).build());
        opened.add(0, host);
        return host;
    }

    private static String results(JsonNode call, String content, boolean failed) {
        return "'tool_results':[{'tool_use_id':'" + call.path("tool_use_id").textValue() + "','content':'" + content
                + "','is_error':" + failed + "}]";
    }

    private static String text(JsonNode answer) {
        return answer.at("/content/0/text").textValue();
    }

    private static String of(JsonNode answer) {
        return "{'session_id':'" + answer.path("session_id").textValue() + "'";
    }

    @Test
    void aTurnWaitsForTheResultsOfItsTools() throws Exception {
        McpHost host = host(ContractLine.V0_9);

        JsonNode begun = host.call("meerkat_run", "{'prompt':'call then call'" + WITH_CLOCK);
        JsonNode first = McpHost.waiting(begun);
        assertThat(first.path("tool_name").textValue()).isEqualTo("clock");
        assertThat(first.path("args").toString()).isEqualTo("{\"zone\":0}");
        assertThat(begun.path("resumable").booleanValue()).isTrue();

        JsonNode goesOn =
                host.call("meerkat_resume", of(begun) + ",'prompt':''," + results(first, "noon", false) + "}");
        JsonNode second = McpHost.waiting(goesOn);
        assertThat(second.path("tool_use_id")).isNotEqualTo(first.path("tool_use_id"));

        JsonNode done = host.call("meerkat_resume", of(begun) + ",'prompt':''," + results(second, "one", false) + "}");
        assertThat(text(done)).isEqualTo("\"noon\" then \"one\" clock");
        assertThat(done.path("turns").intValue()).isEqualTo(1);
        assertThat(done.has("structured_output")).isTrue();
    }

    @Test
    void theOlderLineHasNoMoreThanItsOwnFields() throws Exception {
        McpHost host = host(ContractLine.V0_6);

        JsonNode begun = host.call("meerkat_run", "{'prompt':'call'" + WITH_CLOCK);
        JsonNode call = McpHost.waiting(begun);
        assertThat(begun.has("resumable")).isFalse();
        JsonNode failed =
                host.call("meerkat_resume", of(begun) + ",'prompt':''," + results(call, "broken", true) + "}");

        assertThat(text(failed)).isEqualTo("tool_failed clock");
    }

    @Test
    void whatIsNotWaitedForIsRefusedOrKnown() throws Exception {
        McpHost host = host(ContractLine.V0_9);
        JsonNode begun = host.call("meerkat_run", "{'prompt':'call'" + WITH_CLOCK);
        JsonNode call = McpHost.waiting(begun);

        JSONRPCError busy = host.failure("meerkat_resume", of(begun) + ",'prompt':'more'}");
        assertThat(busy.code()).isEqualTo(-32002);
        assertThat(busy.data().toString())
                .contains("pending_tool_calls", call.path("tool_use_id").textValue());
        String other = "'tool_results':[{'tool_use_id':'other','content':''}]}";
        JSONRPCError unknown = host.failure("meerkat_resume", of(begun) + ",'prompt':''," + other);
        assertThat(unknown.code()).isEqualTo(-32602);
        assertThat(unknown.data().toString()).contains("not_waiting");

        String results = of(begun) + ",'prompt':''," + results(call, "noon", false) + "}";
        assertThat(text(host.call("meerkat_resume", results))).isEqualTo("\"noon\" clock");
        assertThat(host.call("meerkat_resume", results).path("status").textValue())
                .isEqualTo("callback_results_already_accepted");
        JSONRPCError nowhere = host.failure("meerkat_resume", "{'session_id':'none','prompt':''," + other);
        assertThat(nowhere.code()).isEqualTo(-32602);
    }

    @Test
    void resultsMayComeWithAPromptAndFromAnotherHost() throws Exception {
        McpHost host = host(ContractLine.V0_9);
        JsonNode begun = host.call("meerkat_run", "{'prompt':'call'" + WITH_CLOCK);
        JsonNode call = McpHost.waiting(begun);

        McpHost other = host((RunningServer) opened.get(1));
        JsonNode next =
                other.call("meerkat_resume", of(begun) + ",'prompt':'next'," + results(call, "noon", false) + "}");

        assertThat(text(next)).isEqualTo("next clock");
        assertThat(host.call("meerkat_history", of(begun) + "}").toString()).contains("\\\"noon\\\" clock");
    }

    @Test
    void toolsStayUntilOthersTakeTheirPlace() throws Exception {
        McpHost host = host(ContractLine.V0_9);
        JsonNode begun = host.call("meerkat_run", "{'prompt':'one'" + WITH_CLOCK);
        assertThat(text(begun)).isEqualTo("one clock");
        assertThat(text(host.call("meerkat_resume", of(begun) + ",'prompt':'two'}")))
                .isEqualTo("two clock");
        String others = ",'tools':[" + CLOCK.replace("clock", "bell") + "]}";
        assertThat(text(host.call("meerkat_resume", of(begun) + ",'prompt':'three'" + others)))
                .isEqualTo("three bell");
        assertThat(text(host.call("meerkat_resume", of(begun) + ",'prompt':'call'}")))
                .isEqualTo("tool_not_found bell");
    }

    @Test
    void aTurnThatNobodyWaitsForCallsNoTools() throws Exception {
        McpHost host = host(ContractLine.V0_9);
        JsonNode begun =
                host.call("meerkat_run", "{'prompt':'one','keep_alive':true,'comms_name':'agent-a'" + WITH_CLOCK);
        String stream = host.call("meerkat_event_stream_open", of(begun) + "}")
                .path("stream_id")
                .textValue();

        host.call("meerkat_external_event", of(begun) + ",'kind':'generic_json','event_type':'e','payload':1}");

        String read = "{'stream_id':'" + stream + "','timeout_ms':20000}";
        JsonNode event = host.call("meerkat_event_stream_read", read);
        while (!event.at("/event/payload/type").asText().equals("run_completed")) {
            assertThat(event.path("status").textValue()).isEqualTo("event");
            event = host.call("meerkat_event_stream_read", read);
        }
        assertThat(event.at("/event/payload/result").textValue()).isEqualTo("tool_no_caller clock");
    }

    @Test
    void toolsThatCannotBeAreRefused() throws Exception {
        McpHost host = host(ContractLine.V0_9);
        for (String wrong : List.of(
                "'tools':1",
                "'tools':[1]",
                "'tools':[{'name':' ','description':'','input_schema':{}}]",
                "'tools':[{'name':'a','input_schema':{}}]",
                "'tools':[{'name':'a','description':'','input_schema':1}]",
                "'tools':[{'name':'a','description':'','input_schema':{},'handler':'shell'}]",
                "'stream':1")) {
            JSONRPCError error = host.failure("meerkat_run", "{'prompt':'x'," + wrong + "}");
            assertThat(error.code()).as(wrong).isEqualTo(-32602);
            assertThat(error.message()).startsWith("Invalid arguments: ");
        }
        assertThat(host.call("meerkat_sessions", "{}").path("sessions").size()).isZero();
    }

    @Test
    void eventsAreToldBesideTheAnswers() throws Exception {
        McpHost host = host(ContractLine.V0_9);

        JsonNode begun = host.call("meerkat_run", "{'prompt':'call call','stream':true" + WITH_CLOCK);
        JsonNode call = McpHost.waiting(begun);
        JsonNode second = McpHost.waiting(
                host.call("meerkat_resume", of(begun) + ",'prompt':''," + results(call, "noon", false) + "}"));
        String results = results(second, "one", false) + ",'stream':true}";
        assertThat(text(host.call("meerkat_resume", of(begun) + ",'prompt':''," + results)))
                .isEqualTo("\"noon\" \"one\" clock");
        assertThat(heard(host, begun, 13))
                .containsExactlyInAnyOrder(
                        "run_started",
                        "turn_started",
                        "tool_call_requested",
                        "tool_execution_started",
                        "tool_execution_completed",
                        "tool_result_received",
                        "tool_call_requested",
                        "tool_execution_started",
                        "tool_execution_completed",
                        "tool_result_received",
                        "text_complete",
                        "turn_completed",
                        "run_completed");

        host.call("meerkat_resume", of(begun) + ",'prompt':'again','stream':true}");
        assertThat(heard(host, begun, 5))
                .containsExactlyInAnyOrder(
                        "run_started", "turn_started", "text_complete", "turn_completed", "run_completed");
        host.call("meerkat_resume", of(begun) + ",'prompt':'quietly'}");
        assertThat(host.heard).isEmpty();
    }

    /** The types of so many events of a session. The client hears them in an order of its own. */
    private static List<String> heard(McpHost host, JsonNode session, int count) throws InterruptedException {
        List<String> types = new ArrayList<>();
        while (types.size() < count) {
            JsonNode told = host.heard.poll(McpHost.GUARD.toSeconds(), TimeUnit.SECONDS);
            assertThat(told).as("after " + types).isNotNull();
            assertThat(told.path("source").textValue()).isEqualTo("meerkat");
            assertThat(told.path("session_id")).isEqualTo(session.path("session_id"));
            types.add(told.at("/event/payload/type").textValue());
        }
        return types;
    }

    @Test
    void anArgumentThatLooksLikeAnotherIsRefused() throws Exception {
        McpHost host = host(ContractLine.V0_9);
        JsonNode begun = host.call("meerkat_run", "{'prompt':'one','additional_instructions':['Be brief.']}");
        assertThat(host.call("meerkat_history", of(begun) + "}").toString()).containsSubsequence("Be brief.", "one");

        String[][] calls = {
            {"meerkat_run", "{'prompt':'p','commsName':'a'}", "comms_name"},
            {"meerkat_run", "{'prompt':'p','tools':[{'name':'t','description':'d','inputSchema':{}}]}", "input_schema"},
            {"meerkat_resume", of(begun) + ",'prompt':'p','toolResults':[]}", "tool_results"},
            {
                "meerkat_external_event",
                of(begun) + ",'kind':'generic_json','event_type':'x','payload':1,'idempotency-key':'k'}",
                "idempotency_key"
            },
            {
                "meerkat_comms_send",
                of(begun) + ",'kind':'input','body':'b','allowSelfSession':true}",
                "allow_self_session"
            },
            {"meerkat_history", of(begun) + ",'limt':1}", "limit"},
            {"meerkat_event_stream_read", "{'streamId':'x'}", "stream_id"},
        };
        for (String[] call : calls) {
            JSONRPCError error = host.failure(call[0], call[1]);
            assertThat(error.code()).isEqualTo(-32602);
            assertThat(error.message()).contains("did you mean `").contains(call[2] + "`?");
        }
        assertThat(host.failure("meerkat_run", "{'prompt':'p','max_tokens':9}").message())
                .startsWith("max_tokens is not supported by this server");
        assertThat(host.call("meerkat_sessions", "{}").path("sessions").size()).isEqualTo(1);
    }

    @Test
    void aSessionIsReadAsStateAndBilling() throws Exception {
        for (ContractLine line : ContractLine.values()) {
            McpHost host = host(line);
            JsonNode begun = host.call("meerkat_run", "{'prompt':'one','labels':{'team':'infra'}}");

            JsonNode read = host.call("meerkat_read", of(begun) + "}");

            assertThat(read.path("session_id")).isEqualTo(begun.path("session_id"));
            assertThat(read.path("session_ref")).isEqualTo(begun.path("session_ref"));
            JsonNode state = read.path("state");
            assertThat(state.path("session_id")).isEqualTo(begun.path("session_id"));
            assertThat(state.at("/created_at/secs_since_epoch").longValue()).isPositive();
            assertThat(state.at("/updated_at/nanos_since_epoch").isInt()).isTrue();
            assertThat(state.path("message_count").intValue()).isEqualTo(2);
            assertThat(state.path("is_active").isBoolean()).isTrue();
            assertThat(state.path("last_assistant_text").textValue()).isEqualTo("one");
            assertThat(state.at("/labels/team").textValue()).isEqualTo("infra");
            assertThat(read.at("/billing/usage").has("cache_read_tokens")).isTrue();
            assertThat(host.call("meerkat_interrupt", of(begun) + "}").path("session_id"))
                    .isEqualTo(begun.path("session_id"));
            JsonNode archived = host.call(
                    "meerkat_archive",
                    "{'session_id':'" + begun.path("session_ref").textValue() + "'}");
            assertThat(archived.path("session_id")).isEqualTo(begun.path("session_id"));
            assertThat(archived.path("archived").booleanValue()).isTrue();
        }
    }
}
