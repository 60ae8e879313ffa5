package dev.meerkat.client.internal.wire;

import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.fault.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What only the messages of other servers tell: the reference servers give one code to quite different cases. Servers
 * of this project say in the data what an error is about, and nothing here is asked of their errors. No other class
 * reads a message.
 */
final class ForeignServerQuirks {
    private static final Pattern UNCONFIRMED = Pattern.compile(
            "delivery outcome is ambiguous for envelope ([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})");

    /** How the plain texts begin with which the reference servers refuse what they cannot read. */
    private static final List<String> UNREADABLE = List.of(
            "Failed to parse the request body as JSON",
            "Failed to deserialize ",
            "Failed to buffer the request body",
            "Expected request with `Content-Type: application/json`",
            "Invalid URL: ");

    /** How the messages of internal errors begin that are about the turn; servers have one number for all. */
    private static final Map<String, String> TURN_FAILURES = Map.of(
            "turn abandoned", "turn_abandoned",
            "turn completed without result", "turn_without_result",
            "callback pending", "callback_pending",
            "runtime terminated", "runtime_terminated");

    private ForeignServerQuirks() {}

    /**
     * Whether an error answer is a server's, and not that of a proxy, gateway or load balancer between. These may
     * answer after the server has got the request, so that only a server's own words say that nothing was done.
     */
    static boolean isOfServer(Fault fault) {
        if (fault.outcome() != Fault.Outcome.UNTOLD) {
            return true;
        }
        String code = fault.textCode();
        if (fault.httpStatus() == 0) {
            return ErrorCode.numbered(fault.rpcCode()).isPresent() || !code.isEmpty();
        }
        return hasFormOfServer(fault, code) || refusesUnread(fault);
    }

    /** Gateways too have bodies with a code, for the cases that are theirs. */
    private static boolean hasFormOfServer(Fault fault, String code) {
        return switch (fault.httpStatus()) {
            case 408, 429, 502, 503, 504 -> ErrorCode.isNumberedName(code) || code.equals("service_unavailable");
            default -> !code.isEmpty() && fault.httpStatus() >= 400;
        };
    }

    /** The reference servers have no body where they do not serve the path, and a text where they cannot read it. */
    private static boolean refusesUnread(Fault fault) {
        return switch (fault.httpStatus()) {
            case 404, 405 -> fault.message().isBlank();
            case 400, 413, 415, 422 -> UNREADABLE.stream().anyMatch(fault.message()::startsWith);
            default -> false;
        };
    }

    /** The refusal that only the message tells. */
    static Optional<MeerkatException> refusal(Fault fault, @Nullable SessionId session) {
        if (fault.outcome() != Fault.Outcome.UNTOLD) {
            return Optional.empty();
        }
        String message = fault.message();
        if (message.startsWith("Session is archived") && session != null) {
            return Optional.of(new SessionArchivedException(session));
        }
        if (message.startsWith("Session not found or comms not enabled")) {
            return Optional.of(new NotDoneException(AnsweredFaults.COMMS_NOT_ENABLED, message));
        }
        if (message.contains("runtime not accepting input while in state:")
                || message.startsWith("Runtime not ready:")
                || message.startsWith("runtime accept failed: Runtime not ready:")) {
            return Optional.of(new NotDoneException(
                    AnsweredFaults.SESSION_NOT_LIVE,
                    "session is unknown, or known and not live, and cannot take input: " + message));
        }
        if (message.contains("conflict for idempotency key") || message.contains("idempotency conflict for key")) {
            // Over REST with the status of a failure, although nothing was done.
            return Optional.of(new NotDoneException("input_idempotency_conflict", message));
        }
        if (message.startsWith("session not found:") && (fault.httpStatus() == 404 || fault.httpStatus() == 409)) {
            // Said so without a code, and of a turn on the line 0.6 with the status of a conflict.
            return Optional.of(sessionNotFound(fault, session));
        }
        if (message.startsWith("event replay is not enabled")) {
            return Optional.of(new NotSupportedException(message));
        }
        if (WireFields.textOr(fault.data(), "kind", "").equals("requeued_across_stop")) {
            return Optional.of(new UnknownOutcomeException(
                    "requeued_across_stop", "the server stopped and kept the input for later: " + message, null));
        }
        return Optional.empty();
    }

    /** The session that a 404 means; empty if it is about something else. */
    static Optional<MeerkatException> missingSession(Fault fault, @Nullable SessionId session) {
        if (fault.outcome() != Fault.Outcome.UNTOLD) {
            return Optional.empty();
        }
        boolean ofSession = fault.rpcCode() != 0
                || fault.message().toLowerCase(Locale.ROOT).contains("session not found")
                || (fault.textCode().equals("not_found")
                        && session != null
                        && !fault.message().startsWith("request not found"));
        return ofSession ? Optional.of(sessionNotFound(fault, session)) : Optional.empty();
    }

    private static MeerkatException sessionNotFound(Fault fault, @Nullable SessionId session) {
        return new SessionNotFoundException(session == null ? fault.message() : session.toString());
    }

    /** The envelope of a delivery that servers up to 0.9.0 call failed although they cannot tell. */
    static Optional<UUID> unconfirmed(Fault fault) {
        Matcher envelope = UNCONFIRMED.matcher(fault.message());
        return envelope.find() ? Optional.of(UUID.fromString(envelope.group(1))) : Optional.empty();
    }

    /** The code of a turn's failure that is told as an internal error. */
    static Optional<String> turnFailure(Fault fault) {
        return TURN_FAILURES.entrySet().stream()
                .filter(known -> fault.message().startsWith(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
