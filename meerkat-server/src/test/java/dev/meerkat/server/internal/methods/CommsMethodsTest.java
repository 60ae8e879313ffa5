package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CommsMethodsTest {
    private static final String UNKNOWN = "01900000-0000-7000-8000-000000000000";

    @Test
    void theSessionsOfTheRealmArePeers() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String a = rig.named("agent-a");
            rig.result(
                    "session/create",
                    "{'prompt':'Hello.','comms_name':'agent-b','peer_meta':"
                            + "{'description':'reviews','labels':{'team':'x'}}}");
            ObjectNode peer = (ObjectNode) rig.result("comms/peers", "{'session_id':'%s'}", a)
                    .path("peers")
                    .get(0);
            String id = peer.path("peer_id").asText();
            assertThat(peer)
                    .isEqualTo(CallsRig.json(
                            "{'peer_id':'%s','name':'agent-b',"
                                    + "'address':{'transport':'inproc','endpoint':'agent-b'},'source':'inproc',"
                                    + "'sendable_kinds':['peer_message','peer_request','peer_response'],"
                                    + "'capabilities':{'version':1,'extensions':{}},"
                                    + "'meta':{'description':'reviews','labels':{'team':'x'}}}",
                            id));
        }
    }

    @Test
    void theOlderLineTellsWhetherAPeerIsReachable() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_6)) {
            String a = rig.named("agent-a");
            rig.named("agent-b");
            ObjectNode peer = (ObjectNode) rig.result("comms/peers", "{'session_id':'%s'}", a)
                    .path("peers")
                    .get(0);
            assertThat(peer.path("reachability").asText()).isEqualTo("reachable");
            assertThat(peer.path("last_unreachable_reason").isNull()).isTrue();
            assertThat(peer.path("meta")).isEmpty();
        }
    }

    @Test
    void aMessageGoesByNameAndById() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String a = rig.named("agent-a");
            rig.named("agent-b");
            String id = rig.result("comms/peers", "{'session_id':'%s'}", a)
                    .at("/peers/0/peer_id")
                    .asText();
            for (String to : new String[] {"agent-b", id}) {
                ObjectNode receipt = rig.result(
                        "comms/send",
                        "{'session_id':'%s','kind':'peer_message','to':'%s','body':'hi','handling_mode':'steer',"
                                + "'content_taint':{'declare':'clean'},'blocks':[{'type':'text','text':'hi'}]}",
                        a,
                        to);
                assertThat(CallsRig.fields(receipt)).containsExactly("kind", "envelope_id", "delivery");
                assertThat(receipt.path("kind").asText()).isEqualTo("peer_message_sent");
                assertThat(receipt.path("delivery").asText()).isEqualTo("volatile_handed_off");
            }
        }
    }

    @Test
    void theOlderLineHasOtherReceipts() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_6)) {
            String a = rig.named("agent-a");
            String b = rig.named("agent-b");
            ObjectNode message =
                    rig.result("comms/send", "{'session_id':'%s','kind':'peer_message','to':'agent-b','body':'hi'}", a);
            assertThat(CallsRig.fields(message)).containsExactly("kind", "envelope_id", "acked");
            assertThat(message.path("acked").isBoolean()).isTrue();
            ObjectNode request = request(rig, a);
            assertThat(CallsRig.fields(request))
                    .containsExactly("kind", "envelope_id", "interaction_id", "request_id", "stream_reserved");
            ObjectNode response = response(rig, b, request);
            assertThat(CallsRig.fields(response)).containsExactly("kind", "envelope_id", "in_reply_to");
            assertThat(CallsRig.fields(lifecycle(rig, a))).containsExactly("kind", "envelope_id");
        }
    }

    /** The official clients of these lines refuse a receipt with any other field. */
    @ParameterizedTest
    @EnumSource(names = {"V0_7", "V0_8"})
    void onTheLinesBetweenOnlyMessagesTellTheirDelivery(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            String a = rig.named("agent-a");
            String b = rig.named("agent-b");
            ObjectNode sent =
                    rig.result("comms/send", "{'session_id':'%s','kind':'peer_message','to':'agent-b','body':'x'}", a);
            assertThat(CallsRig.fields(sent)).containsExactly("kind", "envelope_id", "delivery");
            assertThat(sent.path("delivery").asText()).isIn("acked", "handed_off", "queued");
            ObjectNode request = request(rig, a);
            assertThat(CallsRig.fields(request))
                    .containsExactly("kind", "envelope_id", "interaction_id", "request_id", "stream_reserved");
            assertThat(CallsRig.fields(response(rig, b, request)))
                    .containsExactly("kind", "envelope_id", "in_reply_to");
            assertThat(CallsRig.fields(lifecycle(rig, a))).containsExactly("kind", "envelope_id");
        }
    }

    @Test
    void aRequestWithAnyIntentIsAnsweredOnce() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String a = rig.named("agent-a");
            String b = rig.named("agent-b");
            ObjectNode request = request(rig, a);
            assertThat(CallsRig.fields(request))
                    .containsExactly(
                            "kind", "envelope_id", "delivery", "interaction_id", "request_id", "stream_reserved");
            assertThat(request.path("request_id")).isEqualTo(request.path("envelope_id"));
            assertThat(request.path("stream_reserved").asBoolean()).isTrue();
            ObjectNode response = response(rig, b, request);
            assertThat(CallsRig.fields(response)).containsExactly("kind", "envelope_id", "delivery", "in_reply_to");
            assertThat(response.path("in_reply_to")).isEqualTo(request.path("request_id"));
            WireFault again = rig.fault("comms/send", responseParams(b, request));
            assertThat(again.code().rpc()).isEqualTo(-32603);
            assertThat(again.data().path("code").asText()).isEqualTo("send_failed");
            assertThat(again.data().path("kind").asText()).isEqualTo("already_answered");
            assertThat(CallsRig.fields(lifecycle(rig, a))).containsExactly("kind", "envelope_id", "delivery");
        }
    }

    private static ObjectNode request(CallsRig rig, String from) {
        return rig.result(
                "comms/send",
                "{'session_id':'%s','kind':'peer_request','to':'agent-b','intent':'review','params':[1],"
                        + "'stream':'reserve_interaction'}",
                from);
    }

    private static ObjectNode response(CallsRig rig, String from, ObjectNode request) {
        return rig.result("comms/send", responseParams(from, request));
    }

    private static String responseParams(String from, ObjectNode request) {
        return String.format(
                "{'session_id':'%s','kind':'peer_response','to':'agent-a','in_reply_to':'%s','status':'completed',"
                        + "'result':{'ok':true}}",
                from, request.path("request_id").asText());
    }

    private static ObjectNode lifecycle(CallsRig rig, String from) {
        return rig.result(
                "comms/send",
                "{'session_id':'%s','kind':'peer_lifecycle','to':'agent-b','lifecycle_kind':'mob.peer_added',"
                        + "'params':{'peer':'agent-c'}}",
                from);
    }

    @Test
    void localInputMustBeMeant() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String a = rig.named("agent-a");
            WireFault fault = rig.fault("comms/send", "{'session_id':'%s','kind':'input','body':'x'}", a);
            assertThat(fault.code().rpc()).isEqualTo(-32603);
            assertThat(fault.message())
                    .isEqualTo("validation failed: self-session input rejected: set allow_self_session=true to"
                            + " override");
            assertThat(fault.data().path("code").asText()).isEqualTo("send_failed");
            assertThat(fault.data().path("message").asText()).isEqualTo(fault.message());
            ObjectNode receipt = rig.result(
                    "comms/send", "{'session_id':'%s','kind':'input','body':'x','allow_self_session':true}", a);
            assertThat(CallsRig.fields(receipt)).containsExactly("kind", "interaction_id", "stream_reserved");
            assertThat(receipt.path("stream_reserved").asBoolean(true)).isFalse();
        }
    }

    @Test
    void anUnknownPeerIsToldWithThoseThatThereAre() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String a = rig.named("agent-a");
            rig.named("agent-b");
            String params = "{'session_id':'%s','kind':'peer_message','to':'%s','body':'hi'}";
            WireFault fault = rig.fault("comms/send", params, a, "agent-x");
            assertThat(fault.code().rpc()).isEqualTo(-32603);
            assertThat(fault.data().path("code").asText()).isEqualTo("peer_not_found_or_not_trusted");
            assertThat(fault.data().path("peer").asText()).isEqualTo("agent-x");
            assertThat(fault.data().at("/candidates/0/name").asText()).isEqualTo("agent-b");
            assertThat(fault.data().path("outcome").asText()).isEqualTo("not_done");
            WireFault rest = rig.by(Surface.REST).fault("comms/send", params, a, UNKNOWN);
            assertThat(rest.code().rest()).isEqualTo("peer_not_found_or_not_trusted");
            assertThat(rest.code().status()).isEqualTo(500);
            assertThat(rest.message()).startsWith("peer_not_found_or_not_trusted: ");
            assertThat(rig.fault("comms/send", params, a, "agent-a")
                            .data()
                            .path("kind")
                            .asText())
                    .isEqualTo("self_send");
        }
    }

    @ParameterizedTest
    @EnumSource(Surface.class)
    void aSessionWithoutCommsIsToldAlikeWhateverTheReason(Surface surface) {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9).by(surface)) {
            for (String id : new String[] {rig.session(), UNKNOWN}) {
                WireFault peers = rig.fault("comms/peers", "{'session_id':'%s'}", id);
                WireFault send =
                        rig.fault("comms/send", "{'session_id':'%s','kind':'peer_message','to':'b','body':'x'}", id);
                for (WireFault fault : new WireFault[] {peers, send}) {
                    assertThat(fault.message()).isEqualTo("Session not found or comms not enabled: " + id);
                    assertThat(fault.code().rpc()).isEqualTo(surface == Surface.MCP ? -32603 : -32602);
                    assertThat(fault.code().status()).isEqualTo(surface == Surface.MCP ? 500 : 404);
                    assertThat(fault.data().path("kind").asText())
                            .isEqualTo(id.equals(UNKNOWN) ? "session_not_found" : "capability_unavailable");
                }
            }
            String archived = rig.named("agent-a");
            rig.result("session/archive", "{'session_id':'%s'}", archived);
            assertThat(rig.fault("comms/peers", "{'session_id':'%s'}", archived).message())
                    .isEqualTo("Session is archived: " + archived);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'kind':'shout'; Invalid params: kind must be one of input, peer_lifecycle, peer_message,"
                        + " peer_request, peer_response: \"shout\"",
                "'kind':'peer_message','to':'b'; Invalid params: missing field `body`",
                "'kind':'peer_message','to':'b','body':'x','colour':1; Invalid params: unknown field `colour`",
                "'kind':'peer_message','to':'b','body':'x','stream':'none'; Invalid params: unknown field `stream`",
                "'kind':'peer_message','to':'b','body':'x','handling_mode':'now'; Invalid params: handling_mode must"
                        + " be one of queue, steer: \"now\"",
                "'kind':'input','body':'x','source':'me'; Invalid params: source must be one of rpc, stdin, tcp, uds,"
                        + " webhook: \"me\"",
                "'kind':'peer_response','to':'b','in_reply_to':'x','status':'done'; Invalid params: status must be"
                        + " one of accepted, completed, failed: \"done\"",
                "'kind':'peer_message','to':'b','body':'x','content_taint':{'declare':'maybe'}; Invalid params:"
                        + " content_taint.declare must be one of clean, tainted: \"maybe\"",
                "'kind':'peer_lifecycle','to':'b','lifecycle_kind':'x','params':{}; Invalid params: lifecycle_kind"
                        + " must be one of",
                "'kind':'peer_message','to':'b','body':'x','blocks':[{'type':'video'}]; Invalid params: type of a"
                        + " content block must be text or image: \"video\""
            })
    void aWrongParameterIsNamedWithItsValue(String params, String message) {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            WireFault fault = rig.fault("comms/send", "{'session_id':'%s'," + params + "}", rig.named("agent-a"));
            assertThat(fault.code().rpc()).isEqualTo(-32602);
            assertThat(fault.code().status()).isEqualTo(422);
            assertThat(fault.message()).startsWith(message);
        }
    }

    @Test
    void aCommandThatCannotBeSentIsAnInvalidCommand() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String params = "{'session_id':'%s','kind':'peer_response','to':'b','in_reply_to':'" + UNKNOWN
                    + "','status':'accepted','handling_mode':'queue'}";
            String a = rig.named("agent-a");
            WireFault fault = rig.fault("comms/send", params, a);
            assertThat(fault.code().rpc()).isEqualTo(-32602);
            assertThat(fault.message()).startsWith("Command validation failed");
            assertThat(fault.data().path("code").asText()).isEqualTo("invalid_command");
            assertThat(fault.data().path("message").asText()).startsWith("handling_mode is forbidden");
            WireFault mcp = rig.by(Surface.MCP).fault("comms/send", params, a);
            assertThat(mcp.data().path("code").asText()).isEqualTo("invalid_comms_command");
        }
    }

    @Test
    void whatOnlyTheNewerLineHasIsRefusedOnTheOlder() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_6)) {
            String a = rig.named("agent-a");
            assertThat(rig.fault(
                                    "comms/send",
                                    "{'session_id':'%s','kind':'peer_message','to':'b','body':'x',"
                                            + "'content_taint':'undeclared'}",
                                    a)
                            .message())
                    .isEqualTo("Invalid params: unknown field `content_taint`");
            assertThat(rig.fault(
                                    "comms/send",
                                    "{'session_id':'%s','kind':'peer_lifecycle','to':'b',"
                                            + "'lifecycle_kind':'mob.dismiss','params':{'peer':'x'}}",
                                    a)
                            .message())
                    .startsWith("Invalid params: lifecycle_kind must be one of mob.peer_added,");
        }
    }
}
