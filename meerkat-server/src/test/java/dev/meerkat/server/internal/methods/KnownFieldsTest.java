package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InputBody;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A field is honoured, refused by its name, or unlike any that is known. */
class KnownFieldsTest {
    private final List<String> got = new ArrayList<>();

    private String answer(TurnContext turn) {
        turn.inputs().forEach(input -> {
            if (input.body() instanceof InputBody.Prompt prompt) {
                got.addAll(prompt.instructions());
            }
        });
        return "ok";
    }

    private CallsRig rig(ContractLine line) {
        return new CallsRig(line, this::answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "session/external_event | {'event_type':'x','kind':'generic_json','payload':1,'idempotencyKey':'k-1'}"
                        + " | idempotencyKey | idempotency_key | k-1",
                "session/external_event | {'event_type':'x','kind':'generic_json','payload':1,'idempotency-key':'k-1'}"
                        + " | idempotency-key | idempotency_key | k-1",
                "session/external_event | {'event_type':'x','kind':'generic_json','payload':1,'idempotency_kye':'k-1'}"
                        + " | idempotency_kye | idempotency_key | k-1",
                "session/external_event | {'event_type':'x','kind':'generic_json','payload':1,'idempotecy_key':'k-1'}"
                        + " | idempotecy_key | idempotency_key | k-1",
                "session/external_event | {'eventType':'x','kind':'generic_json','payload':1}"
                        + " | eventType | event_type | x",
                "session/external_event | {'event_type':'x','kind':'generic_json','payload':1,"
                        + "'blocks':[{'type':'image','source':'inline','mediaType':'image/png','data':'AA=='}]}"
                        + " | blocks[].mediaType | blocks[].media_type | image/png",
                "session/create | {'prompt':'p','keepAlive':true} | keepAlive | keep_alive | true",
                "session/create | {'prompt':'p','commsName':'a'} | commsName | comms_name | a",
                "session/create | {'prompt':'p','additionalInstructions':['x']}"
                        + " | additionalInstructions | additional_instructions | an array",
                "session/create | {'prompt':'p','Model':'m'} | Model | model | m",
                "session/create | {'prompt':'p','label':{}} | label | labels | an object",
                "session/create | {'prompt':'p','peer_meta':{'descripton':'d'}}"
                        + " | peer_meta.descripton | peer_meta.description | d",
                "turn/start | {'prompt':'p','keep-alive':false} | keep-alive | keep_alive | false",
                "turn/start | {'prompt':[{'type':'text','Text':'p'}]} | prompt[].Text | prompt[].text | p",
                "comms/send | {'kind':'input','body':'b','handlingMode':'steer'}"
                        + " | handlingMode | handling_mode | steer",
                "comms/send | {'kind':'input','body':'b','content_taint':{'Declare':'clean'}}"
                        + " | content_taint.Declare | content_taint.declare | clean",
                "session/inject_context | {'content':{'type':'text','txt':'t'}} | content.txt | content.text | t",
                "session/inject_context | {'contents':{'type':'text','text':'t'}} | contents | content | an object",
                "session/input_status | {'selector':{'by':'input_id','values':'v'}}"
                        + " | selector.values | selector.value | v",
                "session/history | {'Limit':1} | Limit | limit | 1",
                "session/list | {'offest':1} | offest | offset | 1",
                "turn/stop_run | {'runId':'r','reason':'x'} | runId | run_id | r",
                "events/list_since | {'scope':{'type':'session','sessionId':'S'}}"
                        + " | scope.sessionId | scope.session_id | S",
            })
    void aFieldThatLooksLikeAnotherIsRefused(String method, String params, String field, String meant, String value) {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            String id = rig.session();
            boolean ofSession = !method.equals("session/create") && !method.equals("session/list");
            String whole = ofSession ? "{'session_id':'" + id + "'," + params.substring(1) : params;

            WireFault fault = rig.fault(method, whole.replace("%", "%%"));

            assertThat(fault.code().rpc()).isEqualTo(-32602);
            assertThat(fault.code().status()).isEqualTo(422);
            assertThat(fault.message())
                    .isEqualTo("Invalid params: unknown field `" + field + "`, did you mean `" + meant
                            + "`? Its value is: \"" + value + "\"");
            assertThat(fault.data())
                    .isEqualTo(CallsRig.json(
                            "{'outcome':'not_done','kind':'unknown_field','field':'%s','did_you_mean':'%s'}",
                            field, meant));
            assertThat(rig.result("session/list", "{}").path("sessions").size()).isEqualTo(1);
            assertThat(rig.result("session/read", "{'session_id':'%s'}", id)
                            .path("message_count")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'colour':'red'",
                "'trace_context':{'keepAlive':1}",
                "'labels':{'keepAlive':'1'},'kee':2",
                "'peer_meta':{'labels':{'Description':'d'}}"
            })
    void otherUnknownFieldsAndWhatIsTheSendersOwnAreLeftAlone(String field) {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            assertThat(rig.result("session/create", "{'prompt':'p'," + field + "}")
                            .path("text")
                            .asText())
                    .isEqualTo("ok");
        }
    }

    @Test
    void manyUnknownFieldsCostLittle() {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            ObjectNode params = CallsRig.json("{'prompt':'p'}");
            for (int i = 0; i < 100_000; i++) {
                params.put("field" + i, i);
            }
            assertThat(CallsRig.answer(rig.calls.start("session/create", params, rig))
                            .result()
                            .path("text")
                            .asText())
                    .isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'max_tokens':9",
                "'output_schema':{'type':'object'}",
                "'hooks_override':{'entries':[1]}",
                "'enable_shell':true",
                "'enable_builtins':true",
                "'skill_refs':['s']",
                "'budget_limits':{'max_tokens':1}",
                "'provider_params':{'temperature':1}",
                "'app_context':{'a':1}",
                "'shell_env':{'A':'1'}",
                "'tool_filter':{'allow':['t']}",
                "'transient_turn_context':{'a':1}"
            })
    void whatASessionCannotBeGivenIsRefusedByName(String field) {
        String name = field.substring(1, field.indexOf('\'', 1));
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            WireFault fault = rig.fault("session/create", "{'prompt':'p'," + field + "}");

            assertThat(fault.code().rpc()).isEqualTo(-32020);
            assertThat(fault.code().status()).isEqualTo(501);
            assertThat(fault.message()).startsWith(name + " is not supported by this server: ");
            assertThat(fault.data())
                    .isEqualTo(CallsRig.json("{'outcome':'not_done','kind':'not_supported','field':'%s'}", name));
            assertThat(rig.result("session/list", "{}").path("sessions")).isEmpty();
        }
    }

    @Test
    void whatAsksForNothingIsNotRefused() {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            assertThat(rig.result(
                                    "session/create",
                                    "{'prompt':'p','enable_shell':false,'skill_refs':[],'max_tokens':null,"
                                            + "'hooks_override':{},'provider':'openai','verbose':true,"
                                            + "'system_prompt':{'action':'disable'}}")
                            .path("text")
                            .asText())
                    .isEqualTo("ok");
            assertThat(rig.fault("session/create", "{'prompt':'p','system_prompt':7}")
                            .message())
                    .isEqualTo("Invalid params: system_prompt must be a string: \"7\"");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REST", "MCP"})
    void aTurnOnOtherSurfacesIsRefusedWhatItCannotChange(Surface surface) {
        try (CallsRig rig = rig(ContractLine.V0_9).by(surface)) {
            String id = rig.named("a");
            for (String field : List.of(
                    "'max_tokens':9",
                    "'output_schema':{'a':1}",
                    "'comms_name':'b'",
                    "'peer_meta':{'description':'d'}")) {
                String name = field.substring(1, field.indexOf('\'', 1));
                WireFault fault = rig.fault("turn/start", "{'session_id':'%s','prompt':'p'," + field + "}", id);
                assertThat(fault.code().rpc()).isEqualTo(-32020);
                assertThat(fault.message()).startsWith(name + " ");
            }
            assertThat(rig.result("turn/start", "{'session_id':'%s','prompt':'p','comms_name':'a','verbose':true}", id)
                            .path("text")
                            .asText())
                    .isEqualTo("ok");
            assertThat(rig.fault("session/create", "{'prompt':'p','external_tools':[{'name':'t','input_schema':{}}]}")
                            .message())
                    .startsWith("external_tools is not supported by this server");
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void instructionsAndContextComeBeforeThePrompt(ContractLine line) {
        try (CallsRig rig = rig(line)) {
            String id = rig.result(
                            "session/create",
                            "{'prompt':'first','additional_instructions':['Keep the response brief.',''],"
                                    + "'injected_context':['It rains.',[{'type':'text','text':'Cold.'},"
                                    + "{'type':'image','source':'inline','media_type':'image/png','data':'AA=='}]]}")
                    .path("session_id")
                    .asText();
            ObjectNode turn = rig.result(
                    "turn/start",
                    "{'session_id':'%s','prompt':'second','additional_instructions':['In French.'],"
                            + "'injected_context':[' ']}",
                    id);

            assertThat(turn.path("text").asText()).isEqualTo("ok");
            assertThat(got)
                    .containsExactly(
                            "Keep the response brief.",
                            "",
                            "It rains.",
                            "Cold.\n[image: image/png]",
                            "In French.",
                            " ");
            assertThat(rows(rig, id))
                    .containsExactly(
                            "system Keep the response brief.",
                            "system ",
                            "system It rains.",
                            "system Cold.\n[image: image/png]",
                            "user first",
                            "system In French.",
                            "system  ",
                            "user second");
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void aTurnBringsASystemPromptWhereTheLineKnowsIt(ContractLine line) {
        try (CallsRig rig = rig(line)) {
            String id = rig.session();
            got.clear();
            String turn =
                    "{'session_id':'%s','prompt':'p','system_prompt':'Be kind.','additional_instructions':['Short.']}";
            for (Surface surface : new Surface[] {Surface.RPC, Surface.REST}) {
                rig.by(surface);
                if (line == ContractLine.V0_6) {
                    assertThat(rig.fault("turn/start", turn, id).message()).contains("system_prompt");
                } else {
                    assertThat(rig.result("turn/start", turn, id).path("text").asText())
                            .isEqualTo("ok");
                    assertThat(rig.fault("turn/start", "{'session_id':'%s','prompt':'p','system_prompt':7}", id)
                                    .message())
                            .isEqualTo("Invalid params: system_prompt must be a string: \"7\"");
                }
            }
            if (line == ContractLine.V0_6) {
                assertThat(got).isEmpty();
            } else {
                assertThat(got).containsExactly("Be kind.", "Short.", "Be kind.", "Short.");
                assertThat(rows(rig, id)).contains("system Be kind.", "system Short.");
            }
        }
    }

    @Test
    void instructionsOfAWrongShapeAreRefused() {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            assertThat(rig.fault("session/create", "{'prompt':'p','additional_instructions':'x'}")
                            .message())
                    .isEqualTo("Invalid params: additional_instructions must be an array of strings: \"x\"");
            assertThat(rig.fault("session/create", "{'prompt':'p','additional_instructions':[1]}")
                            .message())
                    .isEqualTo("Invalid params: additional_instructions[] must be a string: \"1\"");
            assertThat(rig.fault("session/create", "{'prompt':'p','injected_context':[7]}")
                            .message())
                    .startsWith("Invalid params: injected_context[] must be a string or an array");
            assertThat(got).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'text','text':''} | ''",
                "{'type':'text','text':'  '} | '  '",
                "{'type':'blocks','blocks':[{'type':'text','text':' '}]} | ' '",
                "{'type':'blocks','blocks':[]} | ''",
                "{'type':'json','value':{'a':[1,{}],'b':'x'}} | '{~  \"a\": [~    1,~    {}~  ],~  \"b\": \"x\"~}'",
                "{'type':'json','value':null} | null",
                "{'type':'reference','uri':'https://a/b'} | [Reference] https://a/b",
                "{'type':'reference','uri':'https://a/b','label':'Runbook'} | [Reference] Runbook (https://a/b)",
                "{'type':'reference','uri':'https://a/b','label':''} | [Reference] https://a/b",
                "{'type':'system_notice','kind':'generic','body':'Frozen.'} | Frozen.",
                "{'type':'system_notice','kind':'mcp','body':'B','blocks':[{'type':'x'}]} | 'B~{~  \"type\": \"x\"~}'",
                "{'type':'system_notice','kind':'generic'} | ''",
                "{'type':'system_notice','kind':'external_event','body':'External event via ci','blocks':[{'type':"
                        + "'external_event','source':'ci','event_type':'build','payload':{'ok':false}}]}"
                        + " | 'External event via ci~External event via ci: build~Payload: {~  \"ok\": false~}'",
                "{'type':'system_notice','kind':'external_event','blocks':[{'type':'external_event','source':'ci',"
                        + "'event_type':'build','body':'red','content':[{'type':'text','text':'See log.'}]}]}"
                        + " | 'External event via ci: red~See log.'",
                "{'type':'system_notice','kind':'comms','body':'Peer message','blocks':[{'type':'comms','kind':'message',"
                        + "'direction':'incoming','peer':{'id':'p','display_name':'agent-b'},'summary':'Peer message',"
                        + "'content':[{'type':'text','text':'Hi.'}],'sender_taint':'tainted'}]}"
                        + " | 'Peer message~Peer message from agent-b:~Hi.~Peer message~[sender declared this content"
                        + " tainted]'",
                "{'type':'system_notice','kind':'comms','blocks':[{'type':'comms','kind':'response_terminal',"
                        + "'direction':'incoming','peer':{'id':'p'},'request_id':'r','status':'Completed','payload':1}]}"
                        + " | 'Peer terminal response from p:~Request ID: r~Status: Completed~Result: 1'",
            })
    void contextOfEachTypeIsShownAsText(String content, String text) {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            String id = rig.session();

            assertThat(rig.result("session/inject_context", "{'session_id':'%s','content':" + content + "}", id)
                            .path("status")
                            .asText())
                    .isEqualTo("applied");

            assertThat(rows(rig, id)).contains("system " + text.replace('~', '\n'));
        }
    }

    @Test
    void contextOfNoKnownTypeIsRefused() {
        try (CallsRig rig = rig(ContractLine.V0_9)) {
            String id = rig.session();
            assertThat(rig.fault("session/inject_context", "{'session_id':'%s','content':{'type':'song'}}", id)
                            .message())
                    .isEqualTo("Invalid params: content.type must be text, blocks, json, reference or system_notice:"
                            + " \"song\"");
            assertThat(rig.fault("session/inject_context", "{'session_id':'%s','content':{'type':'reference'}}", id)
                            .message())
                    .isEqualTo("Invalid params: missing field `content.uri`");
        }
    }

    /** Roles and texts of a transcript, but for answers. */
    private static List<String> rows(CallsRig rig, String id) {
        return StreamSupport.stream(
                        rig.result("session/history", "{'session_id':'%s'}", id)
                                .path("messages")
                                .spliterator(),
                        false)
                .filter(row -> row.has("content") && !row.path("role").asText().contains("assistant"))
                .map(row ->
                        row.path("role").asText() + " " + row.path("content").asText())
                .collect(Collectors.toList());
    }
}
