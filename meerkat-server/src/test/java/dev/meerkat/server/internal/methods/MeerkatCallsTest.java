package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.testkit.FaultyStore;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeerkatCallsTest {
    @ParameterizedTest
    @EnumSource
    void theVersionIsATextInTheGreetingAndAnObjectElsewhere(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            ObjectNode hello = rig.result("initialize", "{'anything':1}");
            assertThat(hello.path("contract_version").asText())
                    .isEqualTo(line.version().toString());
            assertThat(hello.at("/server_info/name").asText()).isNotEmpty();
            assertThat(hello.at("/server_info/version").asText())
                    .isEqualTo(line.version().toString());
            for (String method :
                    new String[] {"capabilities/get", "runtime/health", "runtime/host_info", "runtime/capabilities"}) {
                assertThat(rig.result(method, "{}").path("contract_version"))
                        .as(method)
                        .isEqualTo(CallsRig.json(
                                "{'major':0,'minor':%s,'patch':%d}",
                                line.line().substring(2), line.version().patch()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyListedMethodIsThere(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            List<String> listed = new ArrayList<>();
            rig.result("initialize", "{}").path("methods").forEach(name -> listed.add(name.asText()));
            assertThat(listed).containsExactlyElementsOf(rig.calls.methods());
            assertThat(listed)
                    .contains(
                            "initialized",
                            "tools/register",
                            "session/stream_open",
                            "session/stream_close",
                            "session/create",
                            "turn/start",
                            "comms/send");
            List<String> ofConnections =
                    List.of("initialized", "tools/register", "session/stream_open", "session/stream_close");
            for (String method : listed) {
                if (!ofConnections.contains(method)) {
                    assertThat(codeOf(rig, method)).as(method).isNotEqualTo(-32601);
                }
            }
        }
    }

    private static int codeOf(CallsRig rig, String method) {
        try {
            rig.result(method, "{}");
            return 0;
        } catch (AssertionError e) {
            return ((WireFault) e.getCause()).code().rpc();
        }
    }

    @Test
    void whatIsOutsideTheSliceIsNotFound() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            for (String method : new String[] {"mob/create", "models/catalog", "config/get", "nope", ""}) {
                WireFault fault = rig.fault(method, "{}");
                assertThat(fault.code().rpc()).isEqualTo(-32601);
                assertThat(fault.message()).isEqualTo("Method not found: " + method);
            }
        }
    }

    @Test
    void whatThisServerCanDoBesidesIsTold() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            List<String> ids = new ArrayList<>();
            for (JsonNode row : rig.result("capabilities/get", "{}").path("capabilities")) {
                assertThat(CallsRig.fields(row)).containsExactly("id", "description", "status");
                assertThat(row.path("status").asText()).isEqualTo("Available");
                assertThat(row.path("description").asText()).isNotEmpty();
                ids.add(row.path("id").asText());
            }
            assertThat(ids)
                    .containsExactlyInAnyOrder(
                            "sessions",
                            "streaming",
                            "comms",
                            "peer_names",
                            "realm_trust",
                            "free_intents",
                            "reply_handles",
                            "meerkat_api",
                            "event_wake",
                            "event_dedupe",
                            "event_receipts",
                            "event_replay",
                            "steer",
                            "dead_letters",
                            "optional_prompt",
                            "schedules",
                            "deletion",
                            "retention");
            JsonNode features = rig.result("runtime/capabilities", "{}").path("features");
            assertThat(features.path("event_replay").asBoolean()).isTrue();
            assertThat(features.path("realm_trust").asBoolean()).isTrue();
            assertThat(features.path("durable").asBoolean()).isFalse();
            assertThat(features.path("mobs").asBoolean(true)).isFalse();
            assertThat(rig.result("runtime/host_info", "{}").fieldNames())
                    .toIterable()
                    .contains(
                            "host_id",
                            "host_id_scope",
                            "process_name",
                            "process_version",
                            "capabilities",
                            "health",
                            "realm",
                            "endpoints");
            assertThat(rig.result("runtime/health", "{}").path("status").asText())
                    .isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @EnumSource
    void healthTellsWhatIsWrongWithTheStore(ContractLine line) throws InterruptedException {
        FaultyStore store = FaultyStore.around(MemoryStore.create()).failWrite(1, FaultyStore.Moment.AFTER);
        try (CallsRig rig =
                new CallsRig(line, MeerkatRuntime.of(turn -> "ok").store(store).open())) {
            assertThatThrownBy(() -> rig.meerkat.create(SessionSpec.ofPrompt("hi")))
                    .isInstanceOf(UnknownOutcomeException.class);

            for (JsonNode health : List.of(
                    rig.result("runtime/health", "{}"),
                    rig.result("runtime/host_info", "{}").path("health"))) {
                assertThat(health.path("status").asText()).isEqualTo("unavailable");
                assertThat(health.path("problems")).anySatisfy(problem -> {
                    assertThat(problem.path("code").asText()).isEqualTo("store_unavailable");
                    assertThat(problem.path("message").asText()).contains("memory");
                });
            }
            store.mend();
            Await.until(() ->
                    rig.result("runtime/health", "{}").path("status").asText().equals("ok"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void historyAndLogAreReadOfTheNamedSession(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            String id = rig.session();
            assertThat(rig.result("session/history", "{'session_id':'default:%s'}", id)
                            .path("message_count")
                            .asInt())
                    .isEqualTo(2);
            String scope = "{'scope':{'type':'session','session_id':'%s'}}";
            assertThat(rig.result("events/latest_cursor", scope, id)
                            .at("/cursor/sequence")
                            .asLong())
                    .isPositive();
            assertThat(rig.result("events/list_since", scope, id).path("events"))
                    .isNotEmpty();
            assertThat(rig.result("events/snapshot", scope, id)
                            .at("/snapshot/session/session_id")
                            .asText())
                    .isEqualTo(id);
            assertThat(rig.fault("events/latest_cursor", "{'scope':{'type':'realm'}}")
                            .message())
                    .isEqualTo("Invalid params: scope.type must be session: \"realm\"");
        }
    }

    @Test
    void noSessionIsWatchedThatIsNotThere() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String unknown = "01900000-0000-7000-8000-000000000000";
            EventSink sink = new EventSink() {
                @Override
                public boolean offer(WireEvent event) {
                    return true;
                }

                @Override
                public void ended(@Nullable WireFault error) {
                    // Nothing is told.
                }
            };
            assertThatExceptionOfType(WireFault.class)
                    .isThrownBy(() -> rig.calls.watch(unknown, Calls.LIVE, sink))
                    .satisfies(fault -> assertThat(fault.code().rpc()).isEqualTo(-32001));
            assertThatExceptionOfType(WireFault.class)
                    .isThrownBy(() -> rig.calls.watch(rig.session(), 1_000_000, sink))
                    .satisfies(fault -> assertThat(fault.code().rpc()).isEqualTo(-32602));
        }
    }
}
