package dev.meerkat.client.internal.wire;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ServerErrorException;
import dev.meerkat.json.internal.WireJson;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The error answers of servers as typed errors. */
public final class Faults {
    /** The code of a session that has no comms now: made without a name, deferred, or not live. */
    public static final String COMMS_NOT_ENABLED = "comms_not_enabled";

    /** The code of a session that is not there, or is there and not running, when the server does not tell which. */
    public static final String SESSION_NOT_LIVE = "session_not_live";

    private Faults() {}

    /** The typed error of a call on a session; session is null for a call on none. */
    public static MeerkatException typed(Fault fault, @Nullable SessionId session) {
        return KindFaults.typed(fault, session)
                .or(() -> aboutSession(fault, session))
                .orElseGet(() -> byStatus(fault, session));
    }

    /** What only the message tells: servers give these cases the codes of quite different ones. */
    private static Optional<MeerkatException> aboutSession(Fault fault, @Nullable SessionId session) {
        String message = fault.message();
        if (message.startsWith("Session is archived") && session != null) {
            return Optional.of(new SessionArchivedException(session));
        }
        if (message.startsWith("Session not found or comms not enabled")) {
            return Optional.of(new NotDoneException(COMMS_NOT_ENABLED, message));
        }
        if (message.contains("runtime not accepting input while in state:")
                || message.startsWith("runtime accept failed: Runtime not ready:")) {
            return Optional.of(new NotDoneException(
                    SESSION_NOT_LIVE, "session is unknown, or known and not live, and cannot take input: " + message));
        }
        if (message.contains("conflict for idempotency key") || message.contains("idempotency conflict for key")) {
            // Over REST with the status of a failure, although nothing was done.
            return Optional.of(new NotDoneException("input_idempotency_conflict", message));
        }
        if (fault.httpStatus() == 409 && message.startsWith("session not found:")) {
            // Said so of a turn on the line 0.6.
            return Optional.of(notFound(fault, session));
        }
        if (message.startsWith("event replay is not enabled")) {
            return Optional.of(new NotSupportedException(message));
        }
        if (Fields.textOr(fault.data(), "kind", "").equals("requeued_across_stop")) {
            return Optional.of(new UnknownOutcomeException(
                    "requeued_across_stop", "the server stopped and kept the input for later: " + message, null));
        }
        return Optional.empty();
    }

    private static MeerkatException byStatus(Fault fault, @Nullable SessionId session) {
        String code = FaultCodes.code(fault);
        if (code.equals("approval_commit_unknown")) {
            return new UnknownOutcomeException(code, fault.message(), null);
        }
        int status = FaultCodes.status(fault);
        return switch (status) {
            case 404 -> notFound(fault, session);
            case 405, 501 -> new NotSupportedException(described(fault));
            case 429 -> isBudget(fault) ? failed(fault, code) : new NotDoneException(code, described(fault));
            case 502, 504 -> gateway(fault, code);
            case 503 -> new NotDoneException(code, described(fault));
            default ->
                status >= 400 && status < 500 ? new NotDoneException(code, described(fault)) : failed(fault, code);
        };
    }

    private static MeerkatException notFound(Fault fault, @Nullable SessionId session) {
        boolean ofSession = fault.rpcCode() != 0
                || fault.message().toLowerCase(Locale.ROOT).contains("session not found")
                || (FaultCodes.textCode(fault).equals("not_found") && session != null && !isRequest(fault));
        if (ofSession) {
            return new SessionNotFoundException(session == null ? fault.message() : session.toString());
        }
        // A path that the server does not serve has no body of its own.
        return FaultCodes.textCode(fault).isEmpty() && fault.message().isBlank()
                ? new NotSupportedException("the server does not serve this call: " + described(fault))
                : new NotDoneException(FaultCodes.code(fault), described(fault));
    }

    private static boolean isRequest(Fault fault) {
        return fault.message().startsWith("request not found");
    }

    /** Besides an empty budget, the number stands for a server that has too much to do. */
    private static boolean isBudget(Fault fault) {
        boolean busy = Fields.textOr(fault.data(), "reason", "").equals("rpc_request_backpressured");
        return !busy && FaultCodes.code(fault).equals("budget_exhausted");
    }

    /** Without a code of the server it is a proxy that speaks, and what the server did is not known. */
    private static MeerkatException gateway(Fault fault, String code) {
        return fault.rpcCode() == 0 && FaultCodes.textCode(fault).isEmpty()
                ? new UnknownOutcomeException(code, described(fault), null)
                : failed(fault, code);
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
        return KindFaults.ofSend(fault, session, command).orElseGet(() -> byCode(fault, session, command));
    }

    private static MeerkatException byCode(Fault fault, SessionId session, CommsCommand<?> command) {
        String code = FaultCodes.textCode(fault);
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
            case "peer_unreachable", UnknownOutcomeException.CODE -> ambiguous(fault, code);
            default -> typed(fault, session);
        };
    }

    /** No acknowledgement does not prove that nothing was delivered. */
    private static MeerkatException ambiguous(Fault fault, String code) {
        try {
            EnvelopeId envelope = EnvelopeId.of(Fields.textOr(fault.data(), "envelope_id", ""));
            return new UnknownOutcomeException(envelope.value(), described(fault), null);
        } catch (InvalidFieldException e) {
            return new UnknownOutcomeException(code, described(fault), null);
        }
    }

    /** How a turn ended, if the error answers for the turn and not for the call. */
    public static Optional<TurnOutcome> ofTurn(Fault fault) {
        return TurnFaults.outcome(fault);
    }

    /** The session that REST says it has made although its first turn failed. */
    public static Optional<Created> createdDespite(Fault fault) {
        return TurnFaults.createdDespite(fault);
    }
}
