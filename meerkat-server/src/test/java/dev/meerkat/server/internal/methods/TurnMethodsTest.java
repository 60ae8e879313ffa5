package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.testkit.Gate;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnMethodsTest {
    private static final String UNKNOWN = "01900000-0000-7000-8000-000000000000";

    @ParameterizedTest
    @EnumSource
    void creatingAPlainSessionWaitsForItsFirstTurn(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            Answer<ObjectNode> answer = rig.answer("session/create", "{'prompt':'Hello.','anything':1}");
            ObjectNode result = answer.result();
            assertThat(CallsRig.fields(result))
                    .containsExactly("session_id", "session_ref", "text", "turns", "tool_calls", "usage");
            String id = result.path("session_id").asText();
            assertThat(result.path("session_ref").asText()).isEqualTo("default:" + id);
            assertThat(result.path("text").asText()).isEqualTo("seen 1");
            assertThat(result.path("turns").asInt()).isOne();
            assertThat(result.path("usage").toString())
                    .isEqualTo("{\"input_tokens\":0,\"output_tokens\":0,\"total_tokens\":0}");
            assertThat(answer.runId()).isPresent();
            assertThat(rig.engaged).containsExactly(id + " true true");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTurnAnswersWhenItHasEnded(ContractLine line) {
        try (CallsRig rig = new CallsRig(line)) {
            String id = rig.session();
            Answer<ObjectNode> answer = rig.answer(
                    "turn/start",
                    "{'session_id':'default:%s','prompt':[{'type':'text','text':'Go.'}]," + "'session_events':false}",
                    id);
            assertThat(answer.result().path("text").asText()).isEqualTo("seen 1");
            assertThat(answer.runId()).isPresent();
            assertThat(rig.engaged).contains(id + " false false");
        }
    }

    @Test
    void aKeepAliveSessionIsToldOfBeforeItsFirstTurnOverJsonRpcOnly() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String params = "{'prompt':'Hello.','keep_alive':true,'comms_name':'%s'}";
            Answer<ObjectNode> early = rig.answer("session/create", params, "agent-a");
            assertThat(early.result().path("text").asText()).isEmpty();
            assertThat(early.result().path("turns").asInt()).isZero();
            assertThat(early.runId()).isEmpty();
            Answer<ObjectNode> late = rig.by(Surface.REST).answer("session/create", params, "agent-b");
            assertThat(late.result().path("turns").asInt()).isOne();
        }
    }

    @Test
    void aSessionThatIsUnknownHasNoTurn() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            WireFault fault = rig.fault("turn/start", "{'session_id':'%s','prompt':'Go.'}", UNKNOWN);
            assertThat(fault.code().rpc()).isEqualTo(-32001);
            assertThat(fault.message()).isEqualTo("Session not found: " + UNKNOWN);
        }
    }

    @Test
    void aDeferredSessionIsNamedOnlyAndItsFirstTurnComesLater() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            ObjectNode deferred = rig.result("session/create", "{'prompt':'Hello.','initial_turn':'deferred'}");
            assertThat(CallsRig.fields(deferred)).containsExactly("session_id", "session_ref");
            String id = deferred.path("session_id").asText();
            assertThat(rig.result("turn/interrupt", "{'session_id':'%s'}", id))
                    .isEqualTo(CallsRig.json("{'session_id':'%s','interrupted':false,'result':'staged_noop'}", id));
            assertThat(rig.result("turn/start", "{'session_id':'%s','prompt':'Go.'}", id)
                            .path("turns")
                            .asInt())
                    .isOne();
            assertThat(rig.result("turn/interrupt", "{'session_id':'%s'}", id))
                    .isEqualTo(CallsRig.json("{'session_id':'%s','interrupted':true,'result':'interrupted'}", id));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedTurnSaysWhyAndThatItFailed(ContractLine line) {
        try (CallsRig rig = new CallsRig(line, turn -> {
            throw new FailedException("provider_error", "the model is away", null);
        })) {
            WireFault fault = rig.fault("session/create", "{'prompt':'Hello.'}");
            assertThat(fault.code().rpc()).isEqualTo(-32010);
            assertThat(fault.code().status()).isEqualTo(502);
            assertThat(fault.message()).startsWith("turn abandoned: ").contains("the model is away");
            assertThat(fault.data().at("/error/kind").asText()).isEqualTo("provider_error");
            assertThat(fault.data().at("/error/detail").asText()).contains("the model is away");
            assertThat(fault.data().path("outcome").asText()).isEqualTo("failed");
            assertThat(fault.runId()).isPresent();
        }
    }

    @Test
    void aSessionWhoseFirstTurnFailedIsNamedOverRest() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9, turn -> {
            throw new IllegalStateException("no");
        })) {
            WireFault fault = rig.by(Surface.REST).fault("session/create", "{'prompt':'Hello.'}");
            assertThat(fault.code().rest()).isEqualTo("SESSION_CREATED_WITH_TURN_FAILURE");
            assertThat(fault.code().status()).isEqualTo(500);
            assertThat(fault.code().rpc()).isEqualTo(-32603);
            assertThat(fault.data().path("session_created").asBoolean()).isTrue();
            assertThat(fault.data().path("resumable").asBoolean()).isTrue();
            String id = fault.data().path("session_id").asText();
            assertThat(rig.result("session/read", "{'session_id':'%s'}", id)
                            .path("session_id")
                            .asText())
                    .isEqualTo(id);
        }
    }

    @Test
    void anInterruptedTurnAnswersThatItWasCancelled() throws InterruptedException {
        Gate gate = Gate.named("turn");
        try (CallsRig rig = waitingAt(gate)) {
            String id = deferred(rig);
            PendingCall<ObjectNode> turn = running(rig, id, gate);
            assertThat(rig.result("turn/interrupt", "{'session_id':'%s'}", id)
                            .path("interrupted")
                            .asBoolean())
                    .isTrue();
            WireFault fault = CallsRig.fault(turn);
            assertThat(fault.code().rpc()).isEqualTo(-32005);
            assertThat(fault.code().status()).isEqualTo(499);
            assertThat(fault.message()).isEqualTo("request cancelled");
            assertThat(fault.runId()).isPresent();
        }
    }

    @Test
    void keepAliveNeedsAName() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            WireFault create = rig.fault("session/create", "{'prompt':'Hello.','keep_alive':true}");
            WireFault turn =
                    rig.fault("turn/start", "{'session_id':'%s','prompt':'Go.','keep_alive':true}", rig.session());
            for (WireFault fault : new WireFault[] {create, turn}) {
                assertThat(fault.code().rpc()).isEqualTo(-32602);
                assertThat(fault.message()).isEqualTo("keep_alive requires a session created with comms_name");
            }
        }
    }

    @Test
    void aNameThatIsTakenIsAConflict() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            rig.named("agent-a");
            WireFault fault = rig.fault("session/create", "{'prompt':'Hello.','comms_name':'agent-a'}");
            assertThat(fault.code().rpc()).isEqualTo(-32602);
            assertThat(fault.code().status()).isEqualTo(409);
            assertThat(fault.data().path("code").asText()).isEqualTo("comms_name_taken");
            assertThat(fault.data().path("outcome").asText()).isEqualTo("not_done");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; Invalid params: missing field `prompt`",
                "{'prompt':7}; Invalid params: prompt must be a string: \"7\"",
                "{'prompt':'x','keep_alive':'yes'}; Invalid params: keep_alive must be a boolean: \"yes\"",
                "{'prompt':'x','initial_turn':'later'}; Invalid params: initial_turn must be one of deferred,"
                        + " none, run_immediately: \"later\"",
                "{'prompt':'x','initial_turn':'none'}; prompt cannot be given with initial_turn none",
                "{'prompt':' '}; Invalid params: prompt must not be blank: \" \"",
                "{'prompt':[{'type':'image','media_type':'image/png','source':'inline','data':'AA=='}]};"
                        + " Invalid params: prompt must have a text block: \"an array\"",
                "{'prompt':'x','labels':{'meerkat.x':'y'}}; metadata label key 'meerkat.x' is reserved for"
                        + " Meerkat-owned runtime facts",
                "{'prompt':'x','provider':'acme'}; unknown provider 'acme' (expected anthropic, openai, gemini, or"
                        + " self_hosted)"
            })
    void aWrongParameterIsNamedWithItsValue(String params, String message) {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            WireFault fault = rig.fault("session/create", params);
            assertThat(fault.code().rpc()).isEqualTo(-32602);
            assertThat(fault.code().status()).isBetween(400, 422);
            assertThat(fault.message()).isEqualTo(message);
            assertThat(rig.engaged).isEmpty();
        }
    }

    @Test
    void unknownFieldsOfATurnAreRefusedWhereTheLineDoes() {
        String params = "{'session_id':'%s','prompt':'Go.','colour':'red'}";
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            assertThat(rig.fault("turn/start", params, rig.session()).message())
                    .isEqualTo("Invalid params: unknown field `colour`");
        }
        try (CallsRig rig = new CallsRig(ContractLine.V0_6)) {
            assertThat(rig.result("turn/start", params, rig.session())
                            .path("text")
                            .asText())
                    .isEqualTo("seen 1");
        }
    }

    @Test
    void whatATurnCannotChangeIsRefusedAndNotIgnored() {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String id = rig.session();
            WireFault fixed = rig.fault("turn/start", "{'session_id':'%s','prompt':'Go.','max_tokens':9}", id);
            assertThat(fixed.code().rpc()).isEqualTo(-32602);
            assertThat(fixed.message()).startsWith("max_tokens is a build setting fixed when");
            WireFault model = rig.fault("turn/start", "{'session_id':'%s','prompt':'Go.','model':'m'}", id);
            assertThat(model.code().rpc()).isEqualTo(-32020);
            assertThat(model.message()).isEqualTo("model cannot be changed by a turn of this server: \"m\"");
        }
    }

    @Test
    void aTurnThatIsTakenBackIsStoppedAndTellsSo() throws InterruptedException {
        Gate gate = Gate.named("turn");
        try (CallsRig rig = waitingAt(gate)) {
            String id = deferred(rig);
            PendingCall<ObjectNode> turn = running(rig, id, gate);
            turn.cancel();
            turn.cancel();
            WireFault fault = CallsRig.fault(turn);
            assertThat(fault.code().rpc()).isEqualTo(-32005);
            assertThat(fault.message()).isEqualTo("request cancelled before response publish");
            assertThat(rig.result("session/read", "{'session_id':'%s'}", id)
                            .path("session_id")
                            .asText())
                    .isEqualTo(id);
        }
    }

    @Test
    void aSessionThatIsTakenBackIsArchived() throws InterruptedException {
        Gate gate = Gate.named("turn");
        try (CallsRig rig = waitingAt(gate)) {
            PendingCall<ObjectNode> create = rig.start("session/create", "{'prompt':'Hello.'}");
            gate.awaitReached(Duration.ofSeconds(30));
            create.cancel();
            assertThat(CallsRig.fault(create).code().rpc()).isEqualTo(-32005);
            try (EventStream log = rig.meerkat.open(rig.firstEngaged()).events(Cursor.START)) {
                Optional<SessionEvent> next = log.next(Duration.ofSeconds(30));
                while (next.isPresent() && !log.ended()) {
                    next = log.next(Duration.ofSeconds(30));
                }
                assertThat(log.ended()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'prompt':'Hello.'}", "{'prompt':'Hello.','comms_name':'agent-a','keep_alive':true}"})
    void aSessionThatIsTakenBackStaysWithWhatOthersHaveSentIt(String params) throws InterruptedException {
        Gate gate = Gate.named("turn");
        try (CallsRig rig = waitingAt(gate).by(Surface.REST)) {
            PendingCall<ObjectNode> create = rig.start("session/create", params);
            gate.awaitReached(Duration.ofSeconds(30));
            String id = rig.firstEngaged().toString();
            PendingCall<ObjectNode> other =
                    rig.start("turn/start", "{'session_id':'%s','prompt':'Of another caller.'}", id);
            Session session = rig.meerkat.open(SessionId.of(id));
            try (EventStream log = session.events(Cursor.START)) {
                String admitted = "";
                while (!admitted.contains("Of another caller.")) {
                    admitted = log.next(Duration.ofSeconds(30)).orElseThrow().toString();
                }
            }
            String alert =
                    "{'session_id':'%s','kind':'generic_json','event_type':'alert','payload':1,'idempotency_key':'k'}";
            rig.result("session/external_event", alert, id);

            create.cancel();
            WireFault fault = CallsRig.fault(create);
            gate.open();

            assertThat(fault.code().rpc()).isEqualTo(-32005);
            assertThat(CallsRig.answer(other).result().path("text").asText()).isEqualTo("done");
            assertThat(session.snapshot().state()).isNotEqualTo(SessionSnapshot.State.ARCHIVED);
            assertThat(session.history(0, 100).entries().toString()).contains("alert");
            boolean named = params.contains("comms_name");
            assertThat(fault.data() != null
                            && fault.data().path("session_created").asBoolean())
                    .isEqualTo(named);
        }
    }

    @Test
    void aRunIsStoppedByItsIdAndNoOther() throws InterruptedException {
        Gate gate = Gate.named("turn");
        try (CallsRig rig = waitingAt(gate)) {
            String id = deferred(rig);
            PendingCall<ObjectNode> turn = running(rig, id, gate);
            String params = "{'session_id':'%s','run_id':'%s','reason':'enough'}";
            ObjectNode other = rig.result("turn/stop_run", params, id, UNKNOWN);
            assertThat(other.path("session_id").asText()).isEqualTo(id);
            assertThat(other.at("/receipt/outcome").asText()).isEqualTo("not_current");
            assertThat(other.at("/receipt/run_id").asText()).isEqualTo(UNKNOWN);
            String run = other.at("/receipt/current_run_id").asText();
            ObjectNode stopped = rig.result("turn/stop_run", params, id, run);
            assertThat(stopped.path("receipt"))
                    .isEqualTo(CallsRig.json("{'run_id':'%s','outcome':'stopped','contributors':[]}", run));
            assertThat(CallsRig.fault(turn).runId()).contains(run);
            assertThat(rig.fault("turn/stop_run", "{'session_id':'%s','run_id':'%s'}", id, run)
                            .message())
                    .isEqualTo("Invalid params: missing field `reason`");
        }
    }

    @Test
    void aTurnChangesWhetherItsSessionStaysAwake() throws InterruptedException {
        try (CallsRig rig = new CallsRig(ContractLine.V0_9)) {
            String id = rig.named("agent-a");
            rig.result("turn/start", "{'session_id':'%s','prompt':'Go.','keep_alive':true}", id);
            assertThat(rig.meerkat.open(SessionId.of(id)).snapshot().keepAlive())
                    .isTrue();
            rig.result("turn/start", "{'session_id':'%s','prompt':'Go.'}", id);
            assertThat(rig.meerkat.open(SessionId.of(id)).snapshot().keepAlive())
                    .isTrue();
            rig.result("turn/start", "{'session_id':'%s','prompt':'Go.','keep_alive':false}", id);
            assertThat(rig.meerkat.open(SessionId.of(id)).snapshot().keepAlive())
                    .isFalse();
        }
    }

    private static String deferred(CallsRig rig) {
        return rig.result("session/create", "{'prompt':'Hello.','initial_turn':'deferred'}")
                .path("session_id")
                .asText();
    }

    /** A rig whose turns wait at a gate. */
    private static CallsRig waitingAt(Gate gate) {
        return new CallsRig(ContractLine.V0_9, turn -> {
            gate.pass();
            return "done";
        });
    }

    /** A turn that has come to the gate. */
    private static PendingCall<ObjectNode> running(CallsRig rig, String session, Gate gate)
            throws InterruptedException {
        PendingCall<ObjectNode> turn = rig.start("turn/start", "{'session_id':'%s','prompt':'Go.'}", session);
        gate.awaitReached(Duration.ofSeconds(30));
        return turn;
    }
}
