package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireFault;
import java.util.Locale;
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
    private static final String NOT_DONE = "not_done";
    private static final String FAILED = "failed";
    private static final String UNKNOWN = "unknown";

    private Faults() {}

    /** An unknown method. */
    public static WireFault unknownMethod(String method) {
        String shown = method.length() <= 64 ? method : method.substring(0, 64) + "...";
        return new WireFault(-32601, "NOT_FOUND", 404, "Method not found: " + shown, null);
    }

    /** Parameters that do not have the shape of the method's. */
    public static WireFault badShape(String problem) {
        return new WireFault(-32602, "BAD_REQUEST", 422, "Invalid params: " + problem, null);
    }

    /** A value that is refused for what it says. */
    public static WireFault badRequest(String message) {
        return new WireFault(-32602, "BAD_REQUEST", 400, message, outcome(NOT_DONE));
    }

    /** No such session, or one that is archived. */
    public static WireFault sessionNotFound(String id, String kind) {
        return new WireFault(-32001, "NOT_FOUND", 404, "Session not found: " + id, data(NOT_DONE, kind));
    }

    /** A call that was taken back. */
    public static WireFault cancelled(String message) {
        return new WireFault(-32005, "REQUEST_CANCELLED", 499, message, null);
    }

    /** The turn ended without an answer. */
    public static WireFault ofTurn(TurnOutcome outcome, boolean takenBack) {
        if (outcome instanceof TurnOutcome.Failed failed) {
            return turnFailed(failed).ofRun(failed.turnId().toString());
        }
        WireFault fault = cancelled(takenBack ? "request cancelled before response publish" : "request cancelled");
        return fault.ofRun(outcome.turnId().toString());
    }

    private static WireFault turnFailed(TurnOutcome.Failed failed) {
        boolean provider = isProviders(failed.code());
        ObjectNode data = outcome(FAILED);
        data.putObject("error")
                .put("kind", failed.code())
                .put("detail", failed.message())
                .put("outcome", FAILED)
                .put("terminal", true);
        String message = "turn abandoned: " + failed.message();
        return provider
                ? new WireFault(-32010, "PROVIDER_ERROR", 502, message, data)
                : new WireFault(-32603, "TURN_ABANDONED", 500, message, data);
    }

    private static boolean isProviders(String code) {
        return code.startsWith("provider_") || code.startsWith("llm_") || code.startsWith("model_");
    }

    /** A full lane. */
    public static WireFault laneFull(LaneFullException full) {
        ObjectNode data = data(NOT_DONE, full.code());
        data.put("code", "lane_full");
        data.put("lane", full.lane().name().toLowerCase(Locale.ROOT));
        data.put("retry_after_ms", full.retryAfter().toMillis());
        return new WireFault(-32011, "BUDGET_EXHAUSTED", 429, String.valueOf(full.getMessage()), data);
    }

    /** A key that was used for other content. */
    public static WireFault keyConflict(InputId existing) {
        ObjectNode data = outcome(NOT_DONE);
        data.put("code", "INPUT_IDEMPOTENCY_CONFLICT");
        data.put("existing_id", existing.toString());
        String message = "input idempotency conflicts with existing input " + existing;
        return new WireFault(-32602, "INPUT_IDEMPOTENCY_CONFLICT", 409, message, data);
    }

    /** A key of {@code session/inject_context} that was used for another text. */
    public static WireFault contextConflict(String key) {
        ObjectNode data = outcome(NOT_DONE).put("code", "INPUT_IDEMPOTENCY_CONFLICT");
        String message = "system-context idempotency conflict for key '" + key + "'";
        return new WireFault(-32602, "INPUT_IDEMPOTENCY_CONFLICT", 409, message, data);
    }

    /** Any failure of a call. */
    public static WireFault of(Throwable failure) {
        if (failure instanceof WireFault fault) {
            return fault;
        }
        if (failure instanceof MeerkatException known) {
            return of(known);
        }
        if (failure instanceof InterruptedException) {
            ObjectNode data = data(UNKNOWN, "runtime_shutting_down");
            return new WireFault(-32032, "SESSION_RUNTIME_UNAVAILABLE", 503, "the server is shutting down", data);
        }
        if (failure instanceof RejectedExecutionException) {
            ObjectNode data = outcome(NOT_DONE).put("reason", "rpc_request_backpressured");
            return new WireFault(-32011, "BUDGET_EXHAUSTED", 429, "too many calls wait for an answer", data);
        }
        // The message may hold anything, so that only the kind of error is told and logged.
        LOG.warn("a call failed unexpectedly: {}", failure.getClass().getName());
        LOG.debug("a call failed unexpectedly", failure);
        String message = "internal error: " + failure.getClass().getSimpleName();
        return new WireFault(-32603, "INTERNAL_ERROR", 500, message, outcome(UNKNOWN));
    }

    private static WireFault of(MeerkatException e) {
        if (e instanceof InvalidFieldException invalid) {
            ObjectNode data = outcome(NOT_DONE).put("field", invalid.field());
            return new WireFault(-32602, "BAD_REQUEST", 400, "Invalid params: " + e.getMessage(), data);
        }
        if (e instanceof LaneFullException full) {
            return laneFull(full);
        }
        if (e instanceof SessionNotFoundException || e instanceof SessionArchivedException) {
            String message = String.valueOf(e.getMessage());
            return sessionNotFound(message.substring(message.indexOf(':') + 1).strip(), e.code());
        }
        if (e instanceof NotSupportedException) {
            return fault(-32020, "CAPABILITY_UNAVAILABLE", 501, e, NOT_DONE);
        }
        if (e instanceof MeerkatClosedException || e instanceof StoreException) {
            return fault(-32032, "SESSION_RUNTIME_UNAVAILABLE", 503, e, NOT_DONE);
        }
        if (e instanceof UnknownOutcomeException unknown) {
            return unknown(unknown);
        }
        if (e instanceof FailedException) {
            return isProviders(e.code())
                    ? fault(-32010, "PROVIDER_ERROR", 502, e, FAILED)
                    : fault(-32603, "INTERNAL_ERROR", 500, e, FAILED);
        }
        ObjectNode data = data(NOT_DONE, e.code()).put("code", e.code());
        int status = e instanceof CommsNameTakenException || e.code().contains("conflict") ? 409 : 400;
        String name = status == 409 ? "CONFLICT" : "BAD_REQUEST";
        return new WireFault(-32602, name, status, String.valueOf(e.getMessage()), data);
    }

    private static WireFault unknown(UnknownOutcomeException e) {
        ObjectNode data = data(UNKNOWN, e.code()).put("code", e.code());
        e.id().ifPresent(id -> data.put("id", id.toString()));
        return new WireFault(-32603, "INTERNAL_ERROR", 500, String.valueOf(e.getMessage()), data);
    }

    private static WireFault fault(int code, String name, int status, MeerkatException e, String outcome) {
        return new WireFault(code, name, status, String.valueOf(e.getMessage()), data(outcome, e.code()));
    }

    private static ObjectNode outcome(String outcome) {
        return WireJson.object().put("outcome", outcome);
    }

    private static ObjectNode data(String outcome, String kind) {
        return outcome(outcome).put("kind", kind);
    }
}
