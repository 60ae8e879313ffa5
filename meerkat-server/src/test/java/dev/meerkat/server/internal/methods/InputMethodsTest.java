package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InputMethodsTest {
    private static final String UNKNOWN = "01900000-0000-7000-8000-000000000000";
    private static final String EVENT =
            "{'session_id':'%s','kind':'generic_json','event_type':'deploy','payload':%s,'idempotency_key':'k1'}";

    @ParameterizedTest
    @EnumSource
    void anEventIsAcceptedOnceForItsKey(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            String id = rig.session();
            ObjectNode first = rig.result("session/external_event", EVENT, id, "{'env':'prod'}");
            String input = first.path("input_id").asText();
            assertThat(first)
                    .isEqualTo(CallsRig.json(
                            "{'outcome_type':'accepted','input_id':'%1$s','state':{'input_id':'%1$s',"
                                    + "'current_state':'queued','attempt_count':0,'recovery_count':0,'history':"
                                    + "[{'timestamp':'%2$s','from':'accepted','to':'queued','reason':'QueueAccepted'}],'created_at':'%2$s',"
                                    + "'updated_at':'%2$s'}}",
                            input, CallsRig.NOW));
            ObjectNode again = rig.result("session/external_event", EVENT, id, "{'env':'prod'}");
            assertThat(again.path("outcome_type").asText()).isEqualTo("deduplicated");
            assertThat(again.path("existing_id").asText()).isEqualTo(input);
            WireFault conflict = rig.fault("session/external_event", EVENT, id, "1");
            assertThat(conflict.code().rpc()).isEqualTo(-32602);
            assertThat(conflict.code().status()).isEqualTo(409);
            assertThat(conflict.message()).isEqualTo("input idempotency conflicts with existing input " + input);
            assertThat(conflict.data().path("code").asText()).isEqualTo("INPUT_IDEMPOTENCY_CONFLICT");
            assertThat(conflict.data().path("existing_id").asText()).isEqualTo(input);
        }
    }

    @Test
    void aFullLaneSaysWhenToComeAgain() {
        try (CallsRig rig = new CallsRig(
                ContractLine.V0_9,
                MeerkatRuntime.of(turn -> "ok")
                        .limits(RuntimeLimits.defaults().withLanes(1_024, 1, 1 << 20))
                        .open())) {
            String id = rig.session();
            rig.result("session/external_event", EVENT, id, "null");
            WireFault fault = rig.fault(
                    "session/external_event",
                    "{'session_id':'%s','kind':'generic_json','event_type':'x','payload':null}",
                    id);
            assertThat(fault.code().rpc()).isEqualTo(-32011);
            assertThat(fault.code().rest()).isEqualTo("BUDGET_EXHAUSTED");
            assertThat(fault.code().status()).isEqualTo(429);
            assertThat(fault.data().path("code").asText()).isEqualTo("lane_full");
            assertThat(fault.data().path("retry_after_ms").asLong()).isPositive();
            assertThat(fault.data().path("outcome").asText()).isEqualTo("not_done");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'event_type':'x','payload':1; Invalid params: missing field `kind`",
                "'kind':'generic_json','payload':1; Invalid params: missing field `event_type`",
                "'kind':'generic_json','event_type':'x'; Invalid params: missing field `payload`",
                "'kind':'generic_json','event_type':' ','payload':1; event_type cannot be empty",
                "'kind':'other','event_type':'x','payload':1; Invalid params: kind must be one of generic_json,"
                        + " peer_response_terminal: \"other\"",
                "'kind':'peer_response_terminal'; peer_response_terminal is reserved on session/external_event; use"
                        + " session/peer_response_terminal",
                "'kind':'generic_json','event_type':'x','payload':1,'idempotency_key':' k'; Invalid params:"
                        + " idempotency_key must not have control characters or outer white space: \" k\""
            })
    void aWrongParameterIsNamedWithItsValue(String params, String message) {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            WireFault fault = rig.fault("session/external_event", "{'session_id':'%s'," + params + "}", rig.session());
            assertThat(fault.code().rpc()).isEqualTo(-32602);
            assertThat(fault.message()).startsWith(message);
            assertThat(fault.data().path("outcome").asText()).isEqualTo("not_done");
        }
    }

    @Test
    void anUnknownSessionTakesNoEvent() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            assertThat(rig.fault("session/external_event", EVENT, UNKNOWN, "1")
                            .code()
                            .rpc())
                    .isEqualTo(-32001);
        }
    }

    @Test
    void fieldsThatAreNotKnownAreIgnored() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            assertThat(rig.result(
                                    "session/external_event",
                                    "{'session_id':'%s','kind':'generic_json','event_type':'x','payload':1,"
                                            + "'source':'ci','colour':'red'}",
                                    rig.session())
                            .path("outcome_type")
                            .asText())
                    .isEqualTo("accepted");
        }
    }

    @Test
    void anInputTellsHowFarItGot() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String id = rig.session();
            String input = rig.result("session/external_event", EVENT, id, "1")
                    .path("input_id")
                    .asText();
            String byId = "{'session_id':'%s','selector':{'by':'input_id','value':'%s'}}";
            ObjectNode waiting = rig.result("session/input_status", byId, id, input);
            assertThat(CallsRig.fields(waiting.path("state")))
                    .containsExactly(
                            "input_id", "current_state", "attempt_count", "recovery_count", "created_at", "updated_at");
            assertThat(waiting.at("/state/current_state").asText()).isEqualTo("queued");
            String byKey = "{'session_id':'%s','selector':{'by':'idempotency_key','value':'caller:%s'}}";
            assertThat(rig.result("session/input_status", byKey, id, "k1")).isEqualTo(waiting);
            assertThat(rig.result("session/input_status", byKey, id, "k2")).isEmpty();
            assertThat(rig.result("session/input_status", byId, id, UNKNOWN)).isEmpty();
            rig.result("turn/start", "{'session_id':'%s','prompt':'Go.'}", id);
            ObjectNode done = rig.result("session/input_status", byId, id, input);
            assertThat(done.at("/state/current_state").asText()).isEqualTo("consumed");
            assertThat(done.at("/state/terminal_outcome").asText()).isEqualTo("completed");
            assertThat(rig.fault("session/input_status", byId, id, "x").code().rpc())
                    .isEqualTo(-32602);
            assertThat(rig.fault("session/input_status", "{'session_id':'%s','selector':{'by':'name','value':'x'}}", id)
                            .message())
                    .startsWith("Invalid params: selector.by must be one of idempotency_key, input_id");
        }
    }

    @Test
    void contextIsAddedOnceForItsKey() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String id = rig.session();
            String params = "{'session_id':'%s','content':{'type':'text','text':'%s'},'idempotency_key':'i1'}";
            assertThat(rig.result("session/inject_context", params, id, "Note."))
                    .isEqualTo(CallsRig.json("{'status':'applied'}"));
            assertThat(rig.result("session/inject_context", params, id, "Note."))
                    .isEqualTo(CallsRig.json("{'status':'duplicate'}"));
            WireFault conflict = rig.fault("session/inject_context", params, id, "Other.");
            assertThat(conflict.code().rpc()).isEqualTo(-32602);
            assertThat(conflict.code().status()).isEqualTo(409);
            assertThat(conflict.message()).isEqualTo("system-context idempotency conflict for key 'i1'");
            assertThat(rig.fault("session/inject_context", params, UNKNOWN, "Note.")
                            .code()
                            .rpc())
                    .isEqualTo(-32001);
            assertThat(rig.result(
                            "session/inject_context",
                            "{'session_id':'%s','content':{'type':'json','value':{'a':1}},'source':'ci'}",
                            id))
                    .isEqualTo(CallsRig.json("{'status':'applied'}"));
        }
    }

    @Test
    void contextIsATextOnTheOlderLine() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_6)) {
            String id = rig.session();
            assertThat(rig.result("session/inject_context", "{'session_id':'%s','text':'Note.'}", id))
                    .isEqualTo(CallsRig.json("{'status':'staged'}"));
            assertThat(rig.fault(
                                    "session/inject_context",
                                    "{'session_id':'%s','content':{'type':'text','text':'x'}}",
                                    id)
                            .message())
                    .isEqualTo("Invalid params: missing field `text`");
            assertThat(rig.calls.methods()).doesNotContain("session/input_status", "turn/stop_run");
        }
    }

    @Test
    void aPeersLastAnswerIsGivenOnItsBehalf() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String a = rig.named("agent-a");
            rig.named("agent-b");
            String peer = rig.result("comms/peers", "{'session_id':'%s'}", a)
                    .at("/peers/0/peer_id")
                    .asText();
            String request = rig.result(
                            "comms/send",
                            "{'session_id':'%s','kind':'peer_request','to':'agent-b','intent':'review','params':1}",
                            a)
                    .path("request_id")
                    .asText();
            String params = "{'session_id':'%s','peer_id':'%s','display_name':'agent-b','request_id':'%s',"
                    + "'status':'%s','result':null}";
            ObjectNode accepted = rig.result("session/peer_response_terminal", params, a, peer, request, "cancelled");
            assertThat(accepted.path("outcome_type").asText()).isEqualTo("accepted");
            assertThat(accepted.at("/state/current_state").asText()).isEqualTo("queued");
            WireFault again = rig.fault("session/peer_response_terminal", params, a, peer, request, "completed");
            assertThat(again.code().rpc()).isEqualTo(-32602);
            assertThat(again.data().path("code").asText()).isEqualTo("already_answered");
            assertThat(rig.fault("session/peer_response_terminal", params, a, peer, request, "accepted")
                            .message())
                    .startsWith("Invalid params: status must be one of cancelled, completed, failed");
            assertThat(rig.fault("session/peer_response_terminal", params, a, "agent-b", request, "failed")
                            .message())
                    .startsWith("Invalid params: peer_id must be a hyphenated UUID");
        }
    }
}
