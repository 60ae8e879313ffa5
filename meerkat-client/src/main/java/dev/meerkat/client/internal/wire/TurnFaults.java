package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.wire.internal.fault.TurnEndForm;
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

    private TurnFaults() {}

    static Optional<TurnOutcome> outcome(Fault fault) {
        if (!ForeignServerQuirks.isOfServer(fault) || fault.outcome() == Fault.Outcome.UNKNOWN) {
            return Optional.empty();
        }
        Optional<TurnOutcome> told = TurnEndForm.read(fault.data());
        if (told.isPresent()) {
            return told;
        }
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
        return ForeignServerQuirks.turnFailure(fault)
                // The data of a failed turn holds its error as an object.
                .or(() -> Optional.of("turn_failed")
                        .filter(failed -> fault.data().path("error").isObject()))
                .flatMap(code -> failed(code, fault));
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
            TurnOutcome outcome = TurnEndForm.read(details)
                    .orElseGet(() -> new TurnOutcome.Failed(TurnId.UNKNOWN, CREATED_DESPITE, fault.message()));
            return Optional.of(new Created(session, SessionAnswers.realm(details), outcome));
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }
}
