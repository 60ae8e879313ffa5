package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.TurnEndForm;
import dev.meerkat.wire.internal.fault.WireFault;
import dev.meerkat.wire.internal.form.Node;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Errors as the wire has them. The data of each says in {@code outcome} what is known of the work ({@code not_done},
 * {@code failed} or {@code unknown}) and in {@code kind} the stable code of the API; {@code code} is only there where
 * the wire has one, since official clients show it instead of the number.
 */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private Faults() {}

    /** An unknown method. */
    public static WireFault unknownMethod(String method) {
        String shown = method.length() <= 64 ? method : method.substring(0, 64) + "...";
        return new WireFault(
                ErrorCode.METHOD_NOT_FOUND, "Method not found: " + shown, ErrorForm.outcome(ErrorForm.NOT_DONE));
    }

    /** Parameters that do not have the shape of the method's. */
    public static WireFault badShape(String problem) {
        return WireFault.ofParams(ErrorCode.BAD_SHAPE, problem, ErrorForm.outcome(ErrorForm.NOT_DONE));
    }

    /** A field that is not known, and most likely meant to be another. */
    public static WireFault misspelledField(String field, JsonNode value, String meant) {
        InvalidFieldException shown = new InvalidFieldException("", Params.shown(value), "");
        ObjectNode data = ErrorForm.data(ErrorForm.NOT_DONE, "unknown_field").put("field", Params.shortened(field));
        data.put("did_you_mean", meant);
        String message = "unknown field `" + Params.shortened(field) + "`, did you mean `" + meant + "`? Its value is: "
                + shown.value();
        return WireFault.ofParams(ErrorCode.BAD_SHAPE, message, data);
    }

    /** A field that other servers of the contract honour, and this one cannot. */
    public static WireFault unsupportedField(String field, JsonNode value, String problem) {
        InvalidFieldException shown = new InvalidFieldException(field, Params.shown(value), problem);
        ObjectNode data = ErrorForm.data(ErrorForm.NOT_DONE, "not_supported").put("field", field);
        return new WireFault(ErrorCode.CAPABILITY_UNAVAILABLE, String.valueOf(shown.getMessage()), data);
    }

    /** A value that is refused for what it says. */
    public static WireFault badRequest(String message) {
        return new WireFault(ErrorCode.BAD_REQUEST, message, ErrorForm.outcome(ErrorForm.NOT_DONE));
    }

    /** A call that was taken back. */
    public static WireFault cancelled(String message) {
        return new WireFault(ErrorCode.REQUEST_CANCELLED, message, null);
    }

    /** The first turn of a session was taken back, and the session stays. */
    public static WireFault cancelledButCreated(WireFault fault, ObjectNode reference) {
        ObjectNode data = ErrorForm.outcome(ErrorForm.FAILED).put("session_created", true);
        Optional.ofNullable(fault.data()).ifPresent(data::setAll);
        data.setAll(reference);
        return fault.as(fault.code(), data);
    }

    /** The turn ended without an answer. */
    public static WireFault ofTurn(TurnOutcome outcome, boolean takenBack) {
        WireFault fault = withoutRun(outcome, takenBack);
        return outcome.turnId().map(id -> fault.ofRun(id.toString())).orElse(fault);
    }

    private static WireFault withoutRun(TurnOutcome outcome, boolean takenBack) {
        if (outcome instanceof TurnOutcome.Failed failed) {
            return turnFailed(failed.code(), failed.message(), outcome);
        }
        if (outcome instanceof TurnOutcome.Parked parked) {
            String message = "the session is parked, and the prompt kept: " + parked.message();
            return turnFailed(parked.code(), message, outcome);
        }
        String message = takenBack ? "request cancelled before response publish" : "request cancelled";
        return cancelled(message).as(ErrorCode.REQUEST_CANCELLED, TurnEndForm.add(WireJson.object(), outcome));
    }

    private static WireFault turnFailed(String kind, String detail, TurnOutcome outcome) {
        ObjectNode data = TurnEndForm.add(ErrorForm.outcome(ErrorForm.FAILED), outcome);
        data.putObject("error")
                .put("kind", kind)
                .put("detail", detail)
                .put("outcome", ErrorForm.FAILED)
                .put("terminal", true);
        ErrorCode code = ErrorForm.isOfProvider(kind) ? ErrorCode.PROVIDER_ERROR : ErrorCode.TURN_ABANDONED;
        return new WireFault(code, "turn abandoned: " + detail, data);
    }

    /** A full lane. */
    public static WireFault laneFull(LaneFullException full) {
        ObjectNode data = ErrorForm.data(full).put("code", "lane_full");
        return new WireFault(ErrorForm.code(full), String.valueOf(full.getMessage()), data);
    }

    /** A key that was used for other content. */
    public static WireFault keyConflict(Optional<InputId> existing) {
        ObjectNode data = ErrorForm.outcome(ErrorForm.NOT_DONE);
        data.put("code", "INPUT_IDEMPOTENCY_CONFLICT");
        existing.ifPresent(id -> data.put("existing_id", id.toString()));
        String message = "input idempotency conflicts with existing input "
                + existing.map(InputId::toString).orElse("");
        return new WireFault(ErrorCode.INPUT_IDEMPOTENCY_CONFLICT, message, data);
    }

    /** A key of {@code session/inject_context} that was used for another text. */
    public static WireFault contextConflict(String key) {
        ObjectNode data = ErrorForm.outcome(ErrorForm.NOT_DONE).put("code", "INPUT_IDEMPOTENCY_CONFLICT");
        String message = "system-context idempotency conflict for key '" + key + "'";
        return new WireFault(ErrorCode.INPUT_IDEMPOTENCY_CONFLICT, message, data);
    }

    /** A position that a log does not have yet. */
    public static WireFault aheadOfLog(long sequence, long latest) {
        return badRequest("event replay cursor sequence " + sequence + " is ahead of latest sequence " + latest);
    }

    /** A runtime without a log. */
    public static WireFault noLog() {
        return new WireFault(
                ErrorCode.LOG_UNAVAILABLE,
                "event replay is not enabled for this runtime host",
                ErrorForm.data(ErrorForm.NOT_DONE, NotSupportedException.CODE));
    }

    /** Any failure of a call. */
    public static WireFault of(Throwable failure) {
        if (failure instanceof WireFault fault) {
            return fault;
        }
        if (failure instanceof MeerkatException known) {
            return of(known);
        }
        if (failure instanceof Node.Malformed malformed) {
            return badShape(String.valueOf(malformed.getMessage()));
        }
        if (failure instanceof InterruptedException) {
            ObjectNode data = ErrorForm.data(ErrorForm.UNKNOWN, "runtime_shutting_down");
            return new WireFault(ErrorCode.SESSION_RUNTIME_UNAVAILABLE, "the server is shutting down", data);
        }
        if (failure instanceof RejectedExecutionException) {
            ObjectNode data = ErrorForm.outcome(ErrorForm.NOT_DONE).put("reason", "rpc_request_backpressured");
            return new WireFault(ErrorCode.BUDGET_EXHAUSTED, "too many calls wait for an answer", data);
        }
        if (failure instanceof Error) {
            LOG.error("a call failed", failure);
        } else {
            // The message may hold anything, so that only the kind of error is logged, and nothing is told.
            LOG.warn("a call failed unexpectedly: {}", failure.getClass().getName());
            LOG.debug("a call failed unexpectedly", failure);
        }
        return new WireFault(ErrorCode.INTERNAL_ERROR, "internal error", ErrorForm.outcome(ErrorForm.UNKNOWN));
    }

    private static WireFault of(MeerkatException e) {
        String message = String.valueOf(e.getMessage());
        ObjectNode data = ErrorForm.data(e);
        ErrorCode code = ErrorForm.code(e);
        if (e instanceof InvalidFieldException) {
            return WireFault.ofParams(code, message, data);
        }
        if (e instanceof LaneFullException full) {
            return laneFull(full);
        }
        if (e instanceof SessionNotFoundException unknown) {
            return new WireFault(code, "Session not found: " + unknown.asked(), data);
        }
        if (e instanceof SessionArchivedException archived) {
            return new WireFault(code, "Session not found: " + archived.session(), data);
        }
        boolean named = e instanceof UnknownOutcomeException || code.rpc() == ErrorCode.BAD_REQUEST.rpc();
        return new WireFault(code, message, named ? data.put("code", e.code()) : data);
    }
}
