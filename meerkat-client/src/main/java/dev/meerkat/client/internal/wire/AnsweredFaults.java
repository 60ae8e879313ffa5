package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ServerErrorException;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.TurnEndForm;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The error answers of servers as typed errors. */
public final class AnsweredFaults {
    /** The code of a session that has no comms now: made without a name, deferred, or not live. */
    public static final String COMMS_NOT_ENABLED = "comms_not_enabled";

    /** The code of a session that is not there, or is there and not running, when the server does not tell which. */
    public static final String SESSION_NOT_LIVE = "session_not_live";

    private static final String CREATED_DESPITE = "session_created_with_turn_failure";

    /** The codes of turns that ended in failure, over either surface. */
    private static final Set<String> FAILURES = Set.of(
            "agent_error",
            "provider_error",
            "budget_exhausted",
            "hook_denied",
            "callback_pending",
            "missing_runtime_terminal_evidence");

    private AnsweredFaults() {}

    /** The typed error of a call on a session; session is null for a call on none. */
    public static MeerkatException typed(Fault fault, @Nullable SessionId session) {
        return ErrorForm.read(fault.data(), fault.message())
                .or(() -> ForeignServerQuirks.refusal(fault, session))
                .orElseGet(() ->
                        ForeignServerQuirks.isOfServer(fault) ? byStatus(fault, session) : ofSomethingElse(fault));
    }

    /**
     * The typed error of a call that only reads: where nothing could be changed, nothing is unknown.
     *
     * @param what the call
     */
    public static MeerkatException ofRead(MeerkatException error, String what) {
        return error instanceof UnknownOutcomeException
                ? new FailedException(error.code(), what + ": " + error.getMessage(), error)
                : error;
    }

    /** An answer of a proxy, say: the server may have done its work before. */
    private static MeerkatException ofSomethingElse(Fault fault) {
        String message = fault.httpStatus() == 0
                ? "the error is none of the contract: " + described(fault)
                : "the answer with HTTP status " + fault.httpStatus() + " is not a Meerkat server's, so that what the"
                        + " server did is not known: " + described(fault);
        return new UnknownOutcomeException(fault.stableCode(), message, null);
    }

    private static MeerkatException byStatus(Fault fault, @Nullable SessionId session) {
        String code = fault.stableCode();
        if (fault.outcome() == Fault.Outcome.UNKNOWN) {
            return ambiguous(fault, WireFields.textOr(fault.data(), "kind", code), "id");
        }
        if (code.equals("approval_commit_unknown")) {
            return new UnknownOutcomeException(code, fault.message(), null);
        }
        if (fault.rpcCode() == ErrorCode.METHOD_NOT_FOUND.rpc()) {
            return new NotSupportedException(described(fault));
        }
        int status = fault.status();
        boolean refused = fault.outcome() == Fault.Outcome.NOT_DONE || status == 503 || (status >= 400 && status < 500);
        return switch (status) {
            case 404 -> notFound(fault, session);
            case 405, 501 -> new NotSupportedException(described(fault));
            case 429 -> isBudget(fault) ? failed(fault, code) : new NotDoneException(code, described(fault));
            default -> refused ? notDone(fault, code) : failed(fault, code);
        };
    }

    /** A server that says what is known of the work says the code of the API too. */
    private static NotDoneException notDone(Fault fault, String code) {
        boolean told = fault.outcome() == Fault.Outcome.NOT_DONE;
        return new NotDoneException(told ? WireFields.textOr(fault.data(), "kind", code) : code, described(fault));
    }

    private static MeerkatException notFound(Fault fault, @Nullable SessionId session) {
        return ForeignServerQuirks.missingSession(fault, session).orElseGet(() -> {
            // A path that the server does not serve has no body of its own.
            return fault.textCode().isEmpty() && fault.message().isBlank()
                    ? new NotSupportedException("the server does not serve this call: " + described(fault))
                    : new NotDoneException(fault.stableCode(), described(fault));
        });
    }

    /** Besides an empty budget, the number stands for a server that has too much to do. */
    private static boolean isBudget(Fault fault) {
        boolean busy = WireFields.textOr(fault.data(), "reason", "").equals("rpc_request_backpressured");
        return !busy && fault.stableCode().equals("budget_exhausted");
    }

    private static ServerErrorException failed(Fault fault, String code) {
        return new ServerErrorException(code, described(fault), WireJson.kept(fault.data()));
    }

    /** A message is never empty. */
    private static String described(Fault fault) {
        if (!fault.message().isBlank()) {
            return fault.message();
        }
        return fault.httpStatus() == 0 ? "JSON-RPC error " + fault.rpcCode() : "HTTP status " + fault.httpStatus();
    }

    /** The typed error of a send. */
    public static MeerkatException ofSend(Fault fault, SessionId session, CommsCommand<?> command) {
        return ErrorForm.read(fault.data(), fault.message()).orElseGet(() -> byCode(fault, session, command));
    }

    private static MeerkatException byCode(Fault fault, SessionId session, CommsCommand<?> command) {
        Optional<UUID> unconfirmed = ForeignServerQuirks.unconfirmed(fault);
        if (unconfirmed.isPresent()) {
            return new UnknownOutcomeException(unconfirmed.get(), described(fault), null);
        }
        String code = fault.textCode();
        return switch (code) {
            case PeerNotFoundException.CODE ->
                command.recipient()
                        .<MeerkatException>map(to -> new PeerNotFoundException(to, List.of()))
                        .orElseGet(() -> new NotDoneException(code, described(fault)));
            case "peer_admission_dropped",
                    "peer_input_rejected",
                    "peer_wake_refused",
                    "send_failed",
                    "invalid_command" -> new NotDoneException(code, described(fault));
            case "peer_unreachable", UnknownOutcomeException.CODE -> ambiguous(fault, code, "envelope_id");
            default -> typed(fault, session);
        };
    }

    /** No acknowledgement does not prove that nothing was delivered. */
    private static MeerkatException ambiguous(Fault fault, String code, String idField) {
        try {
            EnvelopeId envelope = EnvelopeId.of(WireFields.textOr(fault.data(), idField, ""));
            return new UnknownOutcomeException(envelope.value(), described(fault), null);
        } catch (InvalidFieldException e) {
            return new UnknownOutcomeException(code, described(fault), null);
        }
    }

    /** How a turn ended, if the error answers for the turn and not for the call. */
    public static Optional<TurnOutcome> ofTurn(Fault fault) {
        if (!ForeignServerQuirks.isOfServer(fault) || fault.outcome() == Fault.Outcome.UNKNOWN) {
            return Optional.empty();
        }
        Optional<TurnOutcome> told = TurnEndForm.read(fault.data());
        if (told.isPresent()) {
            return told;
        }
        String code = fault.stableCode();
        if (code.equals("request_cancelled")) {
            return Optional.of(new TurnOutcome.Interrupted(Optional.empty(), ""));
        }
        boolean busy = WireFields.textOr(fault.data(), "reason", "").equals("rpc_request_backpressured");
        if (!busy && (FAILURES.contains(code) || code.startsWith("turn_"))) {
            return turnFailed(code, fault);
        }
        return code.equals("internal_error") ? internal(fault) : Optional.empty();
    }

    private static Optional<TurnOutcome> internal(Fault fault) {
        return ForeignServerQuirks.turnFailure(fault)
                // The data of a failed turn holds its error as an object.
                .or(() -> Optional.of("turn_failed")
                        .filter(failed -> fault.data().path("error").isObject()))
                .flatMap(code -> turnFailed(code, fault));
    }

    private static Optional<TurnOutcome> turnFailed(String code, Fault fault) {
        return Optional.of(new TurnOutcome.Failed(Optional.empty(), code, fault.message()));
    }

    /** The session that REST says it has made although its first turn failed. */
    public static Optional<Created> createdDespite(Fault fault) {
        if (!fault.textCode().equals(CREATED_DESPITE)) {
            return Optional.empty();
        }
        JsonNode details = fault.data();
        try {
            SessionId session = SessionId.of(WireFields.textOr(details, "session_id", ""));
            TurnOutcome outcome = TurnEndForm.read(details)
                    .orElseGet(() -> new TurnOutcome.Failed(Optional.empty(), CREATED_DESPITE, fault.message()));
            return Optional.of(new Created(session, Answers.realm(details), outcome));
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }
}
