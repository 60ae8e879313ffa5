package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionMethodsTest {
    private static final String UNKNOWN = "01900000-0000-7000-8000-000000000000";

    @ParameterizedTest
    @EnumSource
    void aSessionReadsWithAllFieldsThatClientsNeed(ContractLine line) throws InterruptedException {
        try (CallsRig rig = new CallsRig(line)) {
            String id = rig.session();
            // The session may be active a moment longer than its turn; the old line then tells no answer.
            Await.until(() -> !rig.result("session/read", "{'session_id':'%s'}", id)
                    .path("is_active")
                    .booleanValue());
            ObjectNode read = rig.result("session/read", "{'session_id':'default:%s'}", id);
            assertThat(CallsRig.fields(read))
                    .containsExactly(
                            "session_id",
                            "session_ref",
                            "created_at",
                            "updated_at",
                            "message_count",
                            "is_active",
                            "model",
                            "provider",
                            "last_assistant_text");
            assertThat(read.path("session_ref").asText()).isEqualTo("default:" + id);
            assertThat(read.path("created_at").isIntegralNumber()).isTrue();
            assertThat(read.path("updated_at").longValue())
                    .isGreaterThanOrEqualTo(read.path("created_at").longValue());
            assertThat(read.path("message_count").asInt()).isEqualTo(2);
            assertThat(read.path("is_active").isBoolean()).isTrue();
            assertThat(read.path("model").asText()).isEqualTo("default");
            assertThat(read.path("provider").asText()).isEqualTo("self_hosted");
            assertThat(read.path("last_assistant_text").asText()).isEqualTo("seen 1");
        }
    }

    @Test
    void sessionsAreListedByLabelInPages() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            rig.session();
            rig.result("session/create", "{'prompt':'Hello.','labels':{'team':'infra'}}");
            rig.result("session/create", "{'prompt':'Hello.','labels':{'team':'infra','b':'c'}}");
            ObjectNode infra = rig.result("session/list", "{'labels':{'team':'infra'}}");
            assertThat(infra.path("sessions")).hasSize(2);
            ObjectNode first = (ObjectNode) infra.path("sessions").get(0);
            assertThat(CallsRig.fields(first))
                    .containsExactly(
                            "session_id",
                            "session_ref",
                            "created_at",
                            "updated_at",
                            "message_count",
                            "is_active",
                            "total_tokens",
                            "labels");
            assertThat(first.path("labels")).isEqualTo(CallsRig.json("{'team':'infra'}"));
            ObjectNode all = rig.result("session/list", "{}");
            assertThat(all.path("sessions")).hasSize(3);
            assertThat(all.path("sessions").get(0).has("labels")).isFalse();
            ObjectNode page = rig.result("session/list", "{'offset':1,'limit':1}");
            assertThat(page.path("sessions")).hasSize(1);
            assertThat(page.path("sessions").get(0).path("session_id")).isEqualTo(first.path("session_id"));
            assertThat(rig.result("session/list", "{'limit':0}").path("sessions"))
                    .isEmpty();
            assertThat(rig.fault("session/list", "{'limit':1001}").message())
                    .isEqualTo("limit 1001 exceeds the RPC collection maximum of 1000");
        }
    }

    @Test
    void sessionsOfOtherRealmsAreNotServed() throws InterruptedException {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String ours = rig.session();
            String other = rig.meerkat
                    .create(SessionSpec.ofPrompt("Elsewhere.")
                            .withRealm("other")
                            .withDeferredStart())
                    .id()
                    .toString();
            assertThat(rig.fault("session/read", "{'session_id':'%s'}", other)
                            .code()
                            .rpc())
                    .isEqualTo(-32001);
            assertThat(rig.result("session/list", "{}").path("sessions")).hasSize(1);
            WireFault foreign = rig.fault("session/read", "{'session_id':'other:%s'}", ours);
            assertThat(foreign.code().rpc()).isEqualTo(-32602);
            assertThat(foreign.message())
                    .isEqualTo("Session locator realm 'other' does not match active runtime realm 'default'");
            assertThat(rig.fault("session/read", "{'session_id':'no-uuid'}").message())
                    .isEqualTo("Invalid session_id 'no-uuid': invalid session id in session locator: no-uuid");
        }
    }

    @Test
    void anArchivedSessionIsNotThereAnyMore() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String id = rig.session();
            assertThat(rig.result("session/archive", "{'session_id':'%s'}", id))
                    .isEqualTo(CallsRig.json("{'archived':true}"));
            assertThat(rig.result("session/list", "{}").path("sessions")).isEmpty();
            for (String method : new String[] {"session/read", "session/archive", "turn/interrupt"}) {
                WireFault fault = rig.fault(method, "{'session_id':'%s'}", id);
                assertThat(fault.code().rpc()).as(method).isEqualTo(-32001);
                assertThat(fault.code().status()).isEqualTo(404);
                assertThat(fault.message()).isEqualTo("Session not found: " + id);
                assertThat(fault.data().path("kind").asText()).isEqualTo("session_closed");
            }
            assertThat(rig.fault("turn/start", "{'session_id':'%s','prompt':'Go.'}", id)
                            .code()
                            .rpc())
                    .isEqualTo(-32001);
        }
    }

    @Test
    void anArchivedSessionStillReadsOnTheLineThatHasIt() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_6)) {
            String id = rig.session();
            rig.result("session/archive", "{'session_id':'%s'}", id);
            assertThat(rig.result("session/read", "{'session_id':'%s'}", id)
                            .path("is_active")
                            .asBoolean())
                    .isFalse();
        }
    }

    @Test
    void anUnknownSessionIsNotFound() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            for (String method : new String[] {"session/read", "session/archive", "turn/interrupt"}) {
                WireFault fault = rig.fault(method, "{'session_id':'%s'}", UNKNOWN);
                assertThat(fault.code().rpc()).as(method).isEqualTo(-32001);
                assertThat(fault.code().rest()).isEqualTo("NOT_FOUND");
                assertThat(fault.message()).isEqualTo("Session not found: " + UNKNOWN);
            }
        }
    }
}
