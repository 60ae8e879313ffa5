package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ServerErrorException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    private static final String ID = "01900000-0000-7000-8000-00000000000a";
    private static final SessionId SESSION = SessionId.of(ID);
    private static final CommsCommand.PeerMessage MESSAGE = CommsCommand.PeerMessage.to(PeerRef.named("agent-b"), "x");

    private static JsonNode json(String text) {
        return Recorded.json(text.replace('\'', '"').replaceAll("\\bID\\b", ID));
    }

    private static Fault rpc(int code, String message, String data) {
        JsonNode tree = data.isEmpty() ? MissingNode.getInstance() : json(data);
        return new Fault(code, 0, tree.path("code").asText(""), message, tree);
    }

    private static Fault rest(int status, String code, String message) {
        return new Fault(0, status, code, message, MissingNode.getInstance());
    }

    @ParameterizedTest
    @CsvSource({
        "-32700,parse_error", "-32600,invalid_request", "-32602,invalid_params", "-32002,session_busy",
        "-32003,session_not_running", "-32004,duplicate_input", "-32005,request_cancelled", "-32012,hook_denied",
        "-32025,scope_denied", "-32032,session_runtime_unavailable", "-32027,stale_cursor", "-32030,input_refused"
    })
    void refusalsOverJsonRpcAreNotDone(int number, String code) {
        MeerkatException error = Faults.typed(rpc(number, "why", ""), SESSION);
        assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "400,BAD_REQUEST,invalid_params",
        "422,'',invalid_params",
        "415,'',invalid_params",
        "401,UNAUTHORIZED,unauthorized",
        "403,'',forbidden",
        "409,SESSION_BUSY,session_busy",
        "409,'',conflict",
        "409,DUPLICATE_REQUEST_ID,duplicate_request_id",
        "410,GONE,gone",
        "429,'',too_many_requests",
        "499,REQUEST_CANCELLED,request_cancelled",
        "503,SERVICE_UNAVAILABLE,service_unavailable",
        "503,SESSION_RUNTIME_UNAVAILABLE,session_runtime_unavailable",
        "418,'',http_418"
    })
    void refusalsOverRestAreNotDone(int status, String text, String code) {
        MeerkatException error = Faults.typed(rest(status, text, "why"), SESSION);
        assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "-32010,provider_error",
        "-32011,budget_exhausted",
        "-32013,agent_error",
        "-32603,internal_error",
        "-32099,rpc_error_-32099"
    })
    void failuresOverJsonRpcAreTheServers(int number, String code) {
        MeerkatException error = Faults.typed(rpc(number, "why", "{'detail':1.50}"), SESSION);
        assertThat(error).isInstanceOf(FailedException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
        assertThat(((ServerErrorException) error).data().text()).isEqualTo("{\"detail\":1.50}");
    }

    @ParameterizedTest
    @CsvSource({
        "500,INTERNAL_ERROR,internal_error",
        "500,'',internal_error",
        "500,AGENT_ERROR,agent_error",
        "502,PROVIDER_ERROR,provider_error",
        "507,'',http_507",
        "302,'',http_302"
    })
    void failuresOverRestAreTheServers(int status, String text, String code) {
        MeerkatException error = Faults.typed(rest(status, text, ""), SESSION);
        assertThat(error).isInstanceOf(ServerErrorException.class).hasMessage("HTTP status " + status);
        assertThat(error.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"502", "504"})
    void whatAProxyCannotTellIsUnknown(int status) {
        MeerkatException error = Faults.typed(rest(status, "", "Bad gateway"), SESSION);
        assertThat(error).isInstanceOf(UnknownOutcomeException.class);
        assertThat(error.code()).isEqualTo("http_" + status);
    }

    @Test
    void aServerWithTooMuchToDoIsNoEmptyBudget() {
        Fault busy = rpc(-32011, "too many requests", "{'reason':'rpc_request_backpressured'}");
        assertThat(Faults.typed(busy, SESSION)).isExactlyInstanceOf(NotDoneException.class);
        assertThat(Faults.ofTurn(busy)).isEmpty();
    }

    @Test
    void whatAServerDoesNotHaveIsNotSupported() {
        assertThat(Faults.typed(rpc(-32601, "Method not found: x", ""), null))
                .isInstanceOf(NotSupportedException.class);
        assertThat(Faults.typed(rpc(-32020, "no comms", ""), null)).isInstanceOf(NotSupportedException.class);
        assertThat(Faults.typed(rpc(-32600, "event replay is not enabled for this runtime host", ""), null))
                .isInstanceOf(NotSupportedException.class);
        assertThat(Faults.typed(rest(501, "", ""), null)).isInstanceOf(NotSupportedException.class);
        assertThat(Faults.typed(rest(405, "", ""), null)).isInstanceOf(NotSupportedException.class);
        assertThat(Faults.typed(rest(404, "", ""), null)).isInstanceOf(NotSupportedException.class);
    }

    @Test
    void aSessionThatIsNotFoundIsNamed() {
        assertThat(Faults.typed(rpc(-32001, "session not found: " + ID, ""), SESSION))
                .isInstanceOf(SessionNotFoundException.class)
                .hasMessageContaining(ID);
        assertThat(Faults.typed(rest(404, "NOT_FOUND", "Session not found: " + ID), null))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(Faults.typed(rest(404, "", "session not found: " + ID), SESSION))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(Faults.typed(rest(404, "NOT_FOUND", "gone fishing"), SESSION))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(Faults.typed(rest(404, "NOT_FOUND", "request not found: 7"), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
    }

    @Test
    void archivedAndWithoutCommsAreTold() {
        assertThat(Faults.typed(rpc(-32602, "Session is archived: " + ID, ""), SESSION))
                .isInstanceOf(SessionArchivedException.class);
        String off = "Session not found or comms not enabled: " + ID;
        assertThat(Faults.typed(rpc(-32602, off, ""), SESSION).code()).isEqualTo(Faults.COMMS_NOT_ENABLED);
        assertThat(Faults.typed(rest(404, "NOT_FOUND", off), SESSION).code()).isEqualTo(Faults.COMMS_NOT_ENABLED);
    }

    @Test
    void aSessionThatTakesNoInputIsNotLive() {
        for (Fault fault : new Fault[] {
            rest(409, "", "runtime not accepting input while in state: stopped"),
            rpc(-32603, "runtime accept failed: Runtime not ready: destroyed", "")
        }) {
            MeerkatException error = Faults.typed(fault, SESSION);
            assertThat(error).isExactlyInstanceOf(NotDoneException.class);
            assertThat(error.code()).isEqualTo(Faults.SESSION_NOT_LIVE);
        }
    }

    @Test
    void aKeyOfAnotherContextIsRefusedAlsoWhereTheServerCallsItAFailure() {
        String message = "agent error: Configuration error: System-message append conflict for idempotency key `c1`";

        for (Fault fault : List.of(rest(500, "AGENT_ERROR", message), rpc(-32602, message, ""))) {
            MeerkatException error = Faults.typed(fault, SESSION);
            assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage(message);
            assertThat(error.code()).isEqualTo("input_idempotency_conflict");
        }
    }

    @Test
    void anInputThatIsKeptForLaterIsUnknown() {
        Fault fault = rpc(-32003, "stopped", "{'kind':'requeued_across_stop','resumable':true}");
        assertThat(Faults.typed(fault, SESSION)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(Faults.ofTurn(fault)).isEmpty();
    }

    @Test
    void theTextCodeOfTheServerIsTheCode() {
        assertThat(Faults.typed(rpc(-32602, "no", "{'code':'INPUT_IDEMPOTENCY_CONFLICT'}"), SESSION)
                        .code())
                .isEqualTo("input_idempotency_conflict");
    }

    @Test
    void sendAmbiguousIsTypedWithItsEnvelope() {
        Fault ambiguous = rpc(
                -32603,
                "may have been delivered",
                "{'code':'send_ambiguous','envelope_id':'ID','retry_safe':false,'required_action':'reconcile'}");
        assertThat(Faults.ofSend(ambiguous, SESSION, MESSAGE))
                .isInstanceOfSatisfying(UnknownOutcomeException.class, error -> {
                    assertThat(error.code()).isEqualTo("send_ambiguous");
                    assertThat(error.id()).contains(UUID.fromString(ID));
                });
        Fault nameless = new Fault(0, 500, "send_ambiguous", "send_ambiguous: who knows", json("{'error':'x'}"));
        assertThat(Faults.ofSend(nameless, SESSION, MESSAGE))
                .isInstanceOfSatisfying(
                        UnknownOutcomeException.class,
                        error -> assertThat(error.id()).isEmpty());
    }

    @Test
    void noAcknowledgementProvesNothing() {
        Fault fault = rpc(-32603, "offline", "{'code':'peer_unreachable','peer':'ID','reason':'offline_or_no_ack'}");
        MeerkatException error = Faults.ofSend(fault, SESSION, MESSAGE);
        assertThat(error).isInstanceOf(UnknownOutcomeException.class);
        assertThat(error.code()).isEqualTo("peer_unreachable");
    }

    @ParameterizedTest
    @CsvSource({"peer_admission_dropped", "peer_input_rejected", "peer_wake_refused", "send_failed", "invalid_command"})
    void aSendThatWasRefusedIsNotDone(String code) {
        MeerkatException error = Faults.ofSend(rpc(-32603, "why", "{'code':'" + code + "'}"), SESSION, MESSAGE);
        assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
    }

    @Test
    void anUnknownPeerIsNamedAsItWasAskedFor() {
        Fault fault = rpc(-32603, "peer 'x' is not found", "{'code':'peer_not_found_or_not_trusted','peer':'ID'}");
        assertThat(Faults.ofSend(fault, SESSION, MESSAGE))
                .isInstanceOf(PeerNotFoundException.class)
                .hasMessageContaining("agent-b");
        assertThat(Faults.ofSend(rpc(-32603, "boom", ""), SESSION, MESSAGE)).isInstanceOf(ServerErrorException.class);
    }

    @Test
    void anInterruptedTurnIsAnOutcome() {
        TurnOutcome interrupted = new TurnOutcome.Interrupted(TurnId.UNKNOWN, "");
        assertThat(Faults.ofTurn(rpc(-32005, "request cancelled", ""))).contains(interrupted);
        assertThat(Faults.ofTurn(rest(499, "REQUEST_CANCELLED", "request cancelled")))
                .contains(interrupted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-32010|rate limited||provider_error",
                "-32011|budget||budget_exhausted",
                "-32012|denied||hook_denied",
                "-32013|agent||agent_error",
                "-32603|turn abandoned: x|{'error':{'kind':'k'}}|turn_abandoned",
                "-32603|callback pending for tool 'x'|{'resumable':true}|callback_pending",
                "-32603|runtime terminated: x||runtime_terminated",
                "-32603|turn completed without result||turn_without_result",
                "-32603|boom|{'error':{'kind':'llm'}}|turn_failed"
            })
    void aFailedTurnIsAnOutcome(int number, String message, String data, String code) {
        assertThat(Faults.ofTurn(rpc(number, message, data == null ? "" : data)))
                .contains(new TurnOutcome.Failed(TurnId.UNKNOWN, code, message));
    }

    @ParameterizedTest
    @CsvSource({
        "AGENT_ERROR",
        "TURN_ABANDONED",
        "TURN_FINALIZATION_FAILED",
        "CALLBACK_PENDING",
        "MISSING_RUNTIME_TERMINAL_EVIDENCE"
    })
    void aFailedTurnIsAnOutcomeOverRest(String code) {
        assertThat(Faults.ofTurn(rest(500, code, "why")))
                .contains(new TurnOutcome.Failed(TurnId.UNKNOWN, code.toLowerCase(java.util.Locale.ROOT), "why"));
    }

    @Test
    void aRefusedCallIsNoOutcomeOfATurn() {
        assertThat(Faults.ofTurn(rpc(-32001, "session not found", ""))).isEmpty();
        assertThat(Faults.ofTurn(rpc(-32002, "busy", ""))).isEmpty();
        assertThat(Faults.ofTurn(rpc(-32602, "Invalid params", ""))).isEmpty();
        assertThat(Faults.ofTurn(rpc(-32601, "Method not found", ""))).isEmpty();
        assertThat(Faults.ofTurn(rpc(-32603, "Max sessions reached (1/1)", ""))).isEmpty();
        assertThat(Faults.ofTurn(rest(500, "INTERNAL_ERROR", "disk"))).isEmpty();
        assertThat(Faults.ofTurn(rest(409, "SESSION_BUSY", "busy"))).isEmpty();
    }

    @Test
    void aSessionThatWasMadeDespiteItsFailedTurnIsTold() {
        Fault fault = new Fault(
                0,
                500,
                "SESSION_CREATED_WITH_TURN_FAILURE",
                "turn failed",
                json("{'session_id':'ID','session_ref':'t1:ID','session_created':true,'resumable':true}"));
        assertThat(Faults.createdDespite(fault))
                .contains(new Created(
                        SESSION,
                        "t1",
                        new TurnOutcome.Failed(TurnId.UNKNOWN, "session_created_with_turn_failure", "turn failed")));
        assertThat(Faults.createdDespite(rest(500, "SESSION_CREATED_WITH_TURN_FAILURE", "x")))
                .isEmpty();
        assertThat(Faults.createdDespite(rest(500, "AGENT_ERROR", "x"))).isEmpty();
    }
}
