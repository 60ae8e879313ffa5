package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.testkit.FaultyStore;
import dev.meerkat.testkit.FaultyTransport;
import dev.meerkat.testkit.VirtualTime;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers are told when the runtime behind the server cannot do, or cannot tell whether it did. */
class FaultMethodsTest {
    private static final String EVENT = "{'session_id':'%s','kind':'generic_json','event_type':'x','payload':1}";
    private static final String MESSAGE = "{'session_id':'%s','kind':'peer_message','to':'agent-b','body':'hi'}";

    private static MeerkatRuntime runtime() {
        return MeerkatRuntime.of(turn -> "ok").retry(RetryPolicy.none());
    }

    private static CallsRig rig(Meerkat meerkat) {
        return new CallsRig(ContractLine.V0_9, meerkat);
    }

    private static String told(WireFault fault, String field) {
        return fault.data().path(field).asText();
    }

    /** What an event is told whose write fails. */
    private static WireFault ofWrite(FaultyStore.Moment moment) {
        FaultyStore store = FaultyStore.around(MemoryStore.create());
        try (CallsRig rig = rig(runtime().store(store).open())) {
            String id = rig.session();
            store.failWrite(1, moment);
            return rig.fault("session/external_event", EVENT, id);
        }
    }

    @Test
    void aStoreThatRefusesDidNothing() {
        WireFault fault = ofWrite(FaultyStore.Moment.BEFORE);

        assertThat(fault.code().rpc()).isEqualTo(-32032);
        assertThat(fault.code().status()).isEqualTo(503);
        assertThat(fault.code().rest()).isEqualTo("SESSION_RUNTIME_UNAVAILABLE");
        assertThat(told(fault, "kind")).isEqualTo("store_unavailable");
        assertThat(told(fault, "outcome")).isEqualTo("not_done");
    }

    @Test
    void whatAStoreMayHaveWrittenIsUnknownAndNamed() {
        WireFault fault = ofWrite(FaultyStore.Moment.AFTER);

        assertThat(fault.code().rpc()).isEqualTo(-32603);
        assertThat(fault.code().status()).isEqualTo(500);
        assertThat(told(fault, "outcome")).isEqualTo("unknown");
        assertThat(told(fault, "kind")).isEqualTo("send_ambiguous");
        assertThat(UUID.fromString(told(fault, "id"))).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(Surface.class)
    void aMessageWhoseAcknowledgementIsLostIsToBeReconciled(Surface surface) {
        FaultyTransport transport = FaultyTransport.scripted(VirtualTime.create());
        try (CallsRig rig = rig(runtime().transport(transport).open())) {
            String a = rig.named("agent-a");
            rig.named("agent-b");
            transport.next(FaultyTransport.Fault.LOSE_ACK);

            WireFault fault = rig.by(surface).fault("comms/send", MESSAGE, a);

            assertThat(fault.code().rpc()).isEqualTo(-32603);
            assertThat(fault.code().rest()).isEqualTo("send_ambiguous");
            assertThat(fault.code().status()).isEqualTo(500);
            assertThat(fault.message().startsWith("send_ambiguous: ")).isEqualTo(surface != Surface.RPC);
            assertThat(told(fault, "code")).isEqualTo("send_ambiguous");
            assertThat(told(fault, "outcome")).isEqualTo("unknown");
            assertThat(told(fault, "required_action")).isEqualTo("reconcile");
            assertThat(fault.data().path("retry_safe").asBoolean(true)).isFalse();
            assertThat(UUID.fromString(told(fault, "envelope_id"))).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Surface.class)
    void aPeerWhoseInboxIsFullRefusesAndSaysWhenToComeAgain(Surface surface) {
        RuntimeLimits limits = RuntimeLimits.defaults().withLanes(1, 1, 1 << 20);
        try (CallsRig rig = rig(runtime().limits(limits).open())) {
            String a = rig.named("agent-a");
            rig.named("agent-b");
            rig.result("comms/send", MESSAGE, a);

            WireFault fault = rig.by(surface).fault("comms/send", MESSAGE, a);

            assertThat(fault.code().rpc()).isEqualTo(-32603);
            assertThat(fault.code().rest()).isEqualTo("peer_admission_dropped");
            assertThat(fault.code().status()).isEqualTo(429);
            assertThat(told(fault, "code")).isEqualTo("peer_admission_dropped");
            assertThat(told(fault, "reason")).isEqualTo("inbox_full");
            assertThat(told(fault, "peer")).isEqualTo("agent-b");
            assertThat(told(fault, "outcome")).isEqualTo("not_done");
            assertThat(fault.data().path("retry_after_ms").asLong()).isPositive();
        }
    }
}
