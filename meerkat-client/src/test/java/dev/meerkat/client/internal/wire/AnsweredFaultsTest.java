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
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnsweredFaultsTest {
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
        MeerkatException error = AnsweredFaults.typed(rpc(number, "why", ""), SESSION);
        assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "400,BAD_REQUEST,invalid_params",
        "401,UNAUTHORIZED,unauthorized",
        "403,FORBIDDEN,forbidden",
        "409,SESSION_BUSY,session_busy",
        "409,CONFLICT,conflict",
        "409,DUPLICATE_REQUEST_ID,duplicate_request_id",
        "410,GONE,gone",
        "499,REQUEST_CANCELLED,request_cancelled",
        "503,SERVICE_UNAVAILABLE,service_unavailable",
        "503,SESSION_RUNTIME_UNAVAILABLE,session_runtime_unavailable",
        "418,I_AM_A_TEAPOT,i_am_a_teapot"
    })
    void refusalsOverRestAreNotDone(int status, String text, String code) {
        MeerkatException error = AnsweredFaults.typed(rest(status, text, "why"), SESSION);
        assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"-32010,provider_error", "-32011,budget_exhausted", "-32013,agent_error", "-32603,internal_error"})
    void failuresOverJsonRpcAreTheServers(int number, String code) {
        MeerkatException error = AnsweredFaults.typed(rpc(number, "why", "{'detail':1.50}"), SESSION);
        assertThat(error).isInstanceOf(FailedException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
        assertThat(((ServerErrorException) error).data().text()).isEqualTo("{\"detail\":1.50}");
    }

    @ParameterizedTest
    @CsvSource({
        "500,INTERNAL_ERROR,internal_error",
        "500,AGENT_ERROR,agent_error",
        "502,PROVIDER_ERROR,provider_error",
        "507,DISK_FULL,disk_full"
    })
    void failuresOverRestAreTheServers(int status, String text, String code) {
        MeerkatException error = AnsweredFaults.typed(rest(status, text, ""), SESSION);
        assertThat(error).isInstanceOf(ServerErrorException.class).hasMessage("HTTP status " + status);
        assertThat(error.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "502,''",
        "503,''",
        "504,''",
        "500,''",
        "429,''",
        "408,''",
        "302,''",
        "403,''",
        "418,''",
        "501,''",
        "503,UPSTREAM_UNAVAILABLE",
        "503,503",
        "429,RATE_LIMITED",
        "502,BAD_GATEWAY",
        "504,GATEWAY_TIMEOUT",
        "408,REQUEST_TIMEOUT"
    })
    void whatComesFromSomethingBetweenIsUnknown(int status, String code) {
        MeerkatException error = AnsweredFaults.typed(rest(status, code, "upstream connect error"), SESSION);
        assertThat(error).isInstanceOf(UnknownOutcomeException.class).hasMessageContaining("upstream connect error");
        assertThat(AnsweredFaults.ofTurn(rest(status, code, "x"))).isEmpty();
        assertThat(AnsweredFaults.ofSend(rest(status, code, "x"), SESSION, MESSAGE))
                .isInstanceOf(UnknownOutcomeException.class);
        assertThat(AnsweredFaults.ofRead(error, "read")).isInstanceOf(FailedException.class);
    }

    @Test
    void aNumberThatIsNoneOfTheContractIsUnknown() {
        MeerkatException error = AnsweredFaults.typed(rpc(-32099, "who knows", ""), SESSION);
        assertThat(error).isInstanceOf(UnknownOutcomeException.class).hasMessageContaining("who knows");
        assertThat(error.code()).isEqualTo("rpc_error_-32099");
    }

    @Test
    void theOutcomeThatTheServerTellsDecidesWhateverTheNumberSays() {
        String unknown = "{'outcome':'unknown','kind':'runtime_shutting_down'}";
        for (Fault fault : List.of(
                rpc(-32032, "shutting down", unknown),
                rpc(-32603, "oops", unknown),
                new Fault(0, 503, "SESSION_RUNTIME_UNAVAILABLE", "shutting down", json(unknown)),
                new Fault(0, 500, "INTERNAL_ERROR", "turn abandoned: x", json(unknown)))) {
            assertThat(AnsweredFaults.typed(fault, SESSION))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            error -> assertThat(error.code()).isEqualTo("runtime_shutting_down"));
            assertThat(AnsweredFaults.ofTurn(fault)).isEmpty();
        }
        Fault withId = rpc(-32603, "who knows", "{'outcome':'unknown','kind':'send_ambiguous','id':'ID'}");
        assertThat(((UnknownOutcomeException) AnsweredFaults.typed(withId, SESSION)).id())
                .contains(UUID.fromString(ID));

        Fault notDone = new Fault(0, 500, "STRANGE", "refused", json("{'outcome':'not_done'}"));
        assertThat(AnsweredFaults.typed(notDone, SESSION)).isExactlyInstanceOf(NotDoneException.class);
        Fault failed = new Fault(0, 507, "STRANGE", "broke", json("{'outcome':'failed'}"));
        assertThat(AnsweredFaults.typed(failed, SESSION)).isInstanceOf(ServerErrorException.class);
    }

    @Test
    void aRefusalWithoutACodeIsTheServersIfItsWordsAre() {
        assertThat(AnsweredFaults.typed(
                        rest(422, "", "Failed to deserialize the JSON body into the target type: x"), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
        assertThat(AnsweredFaults.typed(rest(404, "", "Runtime not ready: destroyed"), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
        assertThat(AnsweredFaults.typed(rest(404, "", "404 page not found"), SESSION))
                .isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void aServerWithTooMuchToDoIsNoEmptyBudget() {
        Fault busy = rpc(-32011, "too many requests", "{'reason':'rpc_request_backpressured'}");
        assertThat(AnsweredFaults.typed(busy, SESSION)).isExactlyInstanceOf(NotDoneException.class);
        assertThat(AnsweredFaults.ofTurn(busy)).isEmpty();
    }

    @Test
    void whatAServerDoesNotHaveIsNotSupported() {
        assertThat(AnsweredFaults.typed(rpc(-32601, "Method not found: x", ""), null))
                .isInstanceOf(NotSupportedException.class);
        assertThat(AnsweredFaults.typed(rpc(-32020, "no comms", ""), null)).isInstanceOf(NotSupportedException.class);
        assertThat(AnsweredFaults.typed(rpc(-32600, "event replay is not enabled for this runtime host", ""), null))
                .isInstanceOf(NotSupportedException.class);
        assertThat(AnsweredFaults.typed(rest(501, "CAPABILITY_UNAVAILABLE", ""), null))
                .isInstanceOf(NotSupportedException.class);
        assertThat(AnsweredFaults.typed(rest(405, "", ""), null)).isInstanceOf(NotSupportedException.class);
        assertThat(AnsweredFaults.typed(rest(404, "", ""), null)).isInstanceOf(NotSupportedException.class);
    }

    @Test
    void aSessionThatIsNotFoundIsNamed() {
        assertThat(AnsweredFaults.typed(rpc(-32001, "session not found: " + ID, ""), SESSION))
                .isInstanceOf(SessionNotFoundException.class)
                .hasMessageContaining(ID);
        assertThat(AnsweredFaults.typed(rest(404, "NOT_FOUND", "Session not found: " + ID), null))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(AnsweredFaults.typed(rest(404, "", "session not found: " + ID), SESSION))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(AnsweredFaults.typed(rest(404, "NOT_FOUND", "gone fishing"), SESSION))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(AnsweredFaults.typed(rest(404, "NOT_FOUND", "request not found: 7"), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
    }

    @Test
    void archivedAndWithoutCommsAreTold() {
        assertThat(AnsweredFaults.typed(rpc(-32602, "Session is archived: " + ID, ""), SESSION))
                .isInstanceOf(SessionArchivedException.class);
        String off = "Session not found or comms not enabled: " + ID;
        assertThat(AnsweredFaults.typed(rpc(-32602, off, ""), SESSION).code())
                .isEqualTo(AnsweredFaults.COMMS_NOT_ENABLED);
        assertThat(AnsweredFaults.typed(rest(404, "NOT_FOUND", off), SESSION).code())
                .isEqualTo(AnsweredFaults.COMMS_NOT_ENABLED);
    }

    @Test
    void aSessionThatTakesNoInputIsNotLive() {
        for (Fault fault : new Fault[] {
            rest(409, "", "runtime not accepting input while in state: stopped"),
            rpc(-32603, "runtime accept failed: Runtime not ready: destroyed", "")
        }) {
            MeerkatException error = AnsweredFaults.typed(fault, SESSION);
            assertThat(error).isExactlyInstanceOf(NotDoneException.class);
            assertThat(error.code()).isEqualTo(AnsweredFaults.SESSION_NOT_LIVE);
        }
    }

    @Test
    void aKeyOfAnotherContextIsRefusedAlsoWhereTheServerCallsItAFailure() {
        String message = "agent error: Configuration error: System-message append conflict for idempotency key `c1`";

        for (Fault fault : List.of(rest(500, "AGENT_ERROR", message), rpc(-32602, message, ""))) {
            MeerkatException error = AnsweredFaults.typed(fault, SESSION);
            assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage(message);
            assertThat(error.code()).isEqualTo("input_idempotency_conflict");
        }
    }

    @Test
    void anInputThatIsKeptForLaterIsUnknown() {
        Fault fault = rpc(-32003, "stopped", "{'kind':'requeued_across_stop','resumable':true}");
        assertThat(AnsweredFaults.typed(fault, SESSION)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(AnsweredFaults.ofTurn(fault)).isEmpty();
    }

    @Test
    void aServerThatSaysWhatARefusalIsAboutIsNotAskedByItsMessage() {
        Fault archived = rpc(
                -32602,
                "Session not found or comms not enabled",
                "{'outcome':'not_done','kind':'session_closed','session_id':'ID'}");
        assertThat(AnsweredFaults.typed(archived, SESSION)).isInstanceOf(SessionArchivedException.class);
        assertThat(AnsweredFaults.ofSend(archived, SESSION, MESSAGE)).isInstanceOf(SessionArchivedException.class);
        Fault other = new Fault(0, 404, "NOT_FOUND", "session not found: x", json("{'outcome':'not_done'}"));
        assertThat(AnsweredFaults.typed(other, SESSION)).isExactlyInstanceOf(NotDoneException.class);
        Fault cut = rpc(-32602, "why", "{'outcome':'not_done','kind':'already_answered','request_id':'1'}");
        assertThat(AnsweredFaults.typed(cut, SESSION)).isExactlyInstanceOf(NotDoneException.class);
    }

    @Test
    void theEndOfATurnIsTakenFromWhereItIsToldInFull() {
        String end = "{'outcome':'failed','turn':{'outcome':'%s','run_id':'ID','code':'c','message':'m'}}";
        Optional<TurnId> turn = Optional.of(TurnId.of(ID));
        assertThat(AnsweredFaults.ofTurn(rpc(-32603, "turn abandoned: x", String.format(end, "failed"))))
                .contains(new TurnOutcome.Failed(turn, "c", "m"));
        assertThat(AnsweredFaults.ofTurn(rpc(-32603, "turn abandoned: x", String.format(end, "parked"))))
                .contains(new TurnOutcome.Parked(turn, "c", "m"));
    }

    @Test
    void theTextCodeOfTheServerIsTheCode() {
        assertThat(AnsweredFaults.typed(rpc(-32602, "no", "{'code':'INPUT_IDEMPOTENCY_CONFLICT'}"), SESSION)
                        .code())
                .isEqualTo("input_idempotency_conflict");
    }

    @Test
    void sendAmbiguousIsTypedWithItsEnvelope() {
        Fault ambiguous = rpc(
                -32603,
                "may have been delivered",
                "{'code':'send_ambiguous','envelope_id':'ID','retry_safe':false,'required_action':'reconcile'}");
        assertThat(AnsweredFaults.ofSend(ambiguous, SESSION, MESSAGE))
                .isInstanceOfSatisfying(UnknownOutcomeException.class, error -> {
                    assertThat(error.code()).isEqualTo("send_ambiguous");
                    assertThat(error.id()).contains(UUID.fromString(ID));
                });
        Fault nameless = new Fault(0, 500, "send_ambiguous", "send_ambiguous: who knows", json("{'error':'x'}"));
        assertThat(AnsweredFaults.ofSend(nameless, SESSION, MESSAGE))
                .isInstanceOfSatisfying(
                        UnknownOutcomeException.class,
                        error -> assertThat(error.id()).isEmpty());
    }

    @Test
    void aDeliveryThatIsCalledFailedAndCannotBeToldIsAmbiguous() {
        String message = "peer delivery outcome is ambiguous for envelope " + ID
                + ": peer delivery acknowledgement was not observed";
        for (Fault fault : List.of(
                rpc(-32603, message, "{'code':'send_failed','message':'x'}"),
                rest(500, "send_failed", "send_failed: " + message))) {
            assertThat(AnsweredFaults.ofSend(fault, SESSION, MESSAGE))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            error -> assertThat(error.id()).contains(UUID.fromString(ID)));
        }
    }

    @Test
    void noAcknowledgementProvesNothing() {
        Fault fault = rpc(-32603, "offline", "{'code':'peer_unreachable','peer':'ID','reason':'offline_or_no_ack'}");
        MeerkatException error = AnsweredFaults.ofSend(fault, SESSION, MESSAGE);
        assertThat(error).isInstanceOf(UnknownOutcomeException.class);
        assertThat(error.code()).isEqualTo("peer_unreachable");
    }

    @ParameterizedTest
    @CsvSource({"peer_admission_dropped", "peer_input_rejected", "peer_wake_refused", "send_failed", "invalid_command"})
    void aSendThatWasRefusedIsNotDone(String code) {
        MeerkatException error = AnsweredFaults.ofSend(rpc(-32603, "why", "{'code':'" + code + "'}"), SESSION, MESSAGE);
        assertThat(error).isExactlyInstanceOf(NotDoneException.class).hasMessage("why");
        assertThat(error.code()).isEqualTo(code);
    }

    @Test
    void anUnknownPeerIsNamedAsItWasAskedFor() {
        Fault fault = rpc(-32603, "peer 'x' is not found", "{'code':'peer_not_found_or_not_trusted','peer':'ID'}");
        assertThat(AnsweredFaults.ofSend(fault, SESSION, MESSAGE))
                .isInstanceOf(PeerNotFoundException.class)
                .hasMessageContaining("agent-b");
        assertThat(AnsweredFaults.ofSend(rpc(-32603, "boom", ""), SESSION, MESSAGE))
                .isInstanceOf(ServerErrorException.class);
    }

    @Test
    void anInterruptedTurnIsAnOutcome() {
        TurnOutcome interrupted = new TurnOutcome.Interrupted(Optional.empty(), "");
        assertThat(AnsweredFaults.ofTurn(rpc(-32005, "request cancelled", ""))).contains(interrupted);
        assertThat(AnsweredFaults.ofTurn(rest(499, "REQUEST_CANCELLED", "request cancelled")))
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
        assertThat(AnsweredFaults.ofTurn(rpc(number, message, data == null ? "" : data)))
                .contains(new TurnOutcome.Failed(Optional.empty(), code, message));
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
        assertThat(AnsweredFaults.ofTurn(rest(500, code, "why")))
                .contains(new TurnOutcome.Failed(Optional.empty(), code.toLowerCase(java.util.Locale.ROOT), "why"));
    }

    @Test
    void aRefusedCallIsNoOutcomeOfATurn() {
        assertThat(AnsweredFaults.ofTurn(rpc(-32001, "session not found", ""))).isEmpty();
        assertThat(AnsweredFaults.ofTurn(rpc(-32002, "busy", ""))).isEmpty();
        assertThat(AnsweredFaults.ofTurn(rpc(-32602, "Invalid params", ""))).isEmpty();
        assertThat(AnsweredFaults.ofTurn(rpc(-32601, "Method not found", ""))).isEmpty();
        assertThat(AnsweredFaults.ofTurn(rpc(-32603, "Max sessions reached (1/1)", "")))
                .isEmpty();
        assertThat(AnsweredFaults.ofTurn(rest(500, "INTERNAL_ERROR", "disk"))).isEmpty();
        assertThat(AnsweredFaults.ofTurn(rest(409, "SESSION_BUSY", "busy"))).isEmpty();
    }

    @Test
    void aSessionThatWasMadeDespiteItsFailedTurnIsTold() {
        Fault fault = new Fault(
                0,
                500,
                "SESSION_CREATED_WITH_TURN_FAILURE",
                "turn failed",
                json("{'session_id':'ID','session_ref':'t1:ID','session_created':true,'resumable':true}"));
        assertThat(AnsweredFaults.createdDespite(fault))
                .contains(new Created(
                        SESSION,
                        "t1",
                        new TurnOutcome.Failed(Optional.empty(), "session_created_with_turn_failure", "turn failed")));
        assertThat(AnsweredFaults.createdDespite(rest(500, "SESSION_CREATED_WITH_TURN_FAILURE", "x")))
                .isEmpty();
        assertThat(AnsweredFaults.createdDespite(rest(500, "AGENT_ERROR", "x"))).isEmpty();
    }
}
