package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which errors say how a turn ended, and not that a call was refused. */
final class TurnFaults {
    private static final String CREATED_DESPITE = "session_created_with_turn_failure";

    /** The codes of turns that ended in failure, over either surface. */
    private static final Set<String> FAILURES = Set.of(
            "agent_error",
            "provider_error",
            "budget_exhausted",
            "hook_denied",
            "callback_pending",
            "missing_runtime_terminal_evidence");

    /** How the messages of internal errors begin that are about the turn; servers have one number for all. */
    private static final Map<String, String> MESSAGES = Map.of(
            "turn abandoned", "turn_abandoned",
            "turn completed without result", "turn_without_result",
            "callback pending", "callback_pending",
            "runtime terminated", "runtime_terminated");

    private TurnFaults() {}

    static Optional<TurnOutcome> outcome(Fault fault) {
        String code = FaultCodes.code(fault);
        if (code.equals("request_cancelled")) {
            return Optional.of(new TurnOutcome.Interrupted(TurnId.UNKNOWN, ""));
        }
        boolean busy = Fields.textOr(fault.data(), "reason", "").equals("rpc_request_backpressured");
        if (!busy && (FAILURES.contains(code) || code.startsWith("turn_"))) {
            return failed(code, fault);
        }
        return code.equals("internal_error") ? internal(fault) : Optional.empty();
    }

    private static Optional<TurnOutcome> internal(Fault fault) {
        for (Map.Entry<String, String> known : MESSAGES.entrySet()) {
            if (fault.message().startsWith(known.getKey())) {
                return failed(known.getValue(), fault);
            }
        }
        // The data of a failed turn holds its error as an object.
        return fault.data().path("error").isObject() ? failed("turn_failed", fault) : Optional.empty();
    }

    private static Optional<TurnOutcome> failed(String code, Fault fault) {
        return Optional.of(new TurnOutcome.Failed(TurnId.UNKNOWN, code, fault.message()));
    }

    static Optional<Created> createdDespite(Fault fault) {
        if (!FaultCodes.textCode(fault).equals(CREATED_DESPITE)) {
            return Optional.empty();
        }
        JsonNode details = fault.data();
        try {
            SessionId session = SessionId.of(Fields.textOr(details, "session_id", ""));
            TurnOutcome outcome = new TurnOutcome.Failed(TurnId.UNKNOWN, CREATED_DESPITE, fault.message());
            return Optional.of(new Created(session, SessionAnswers.realm(details), outcome));
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }
}
