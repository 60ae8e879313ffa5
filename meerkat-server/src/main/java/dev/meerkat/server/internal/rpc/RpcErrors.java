package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import org.jspecify.annotations.Nullable;

/** The error answers that a connection gives by itself. */
public final class RpcErrors {
    private RpcErrors() {}

    static WireFault unreadable(String why) {
        return fault(ErrorCode.PARSE_ERROR, "Parse error: " + why, null);
    }

    /** What is no request. */
    public static WireFault invalidRequest(String why, @Nullable String reason) {
        return fault(ErrorCode.INVALID_REQUEST, why, reason);
    }

    static WireFault invalidParams(String why) {
        return fault(ErrorCode.INVALID_PARAMS, why, null);
    }

    /** An id that is in use. */
    public static WireFault alreadyAdmitted() {
        return fault(ErrorCode.DUPLICATE_INPUT, "request already admitted", null);
    }

    /** What may be tried again later. */
    public static WireFault exhausted(String message, String reason) {
        return fault(ErrorCode.BUDGET_EXHAUSTED, message, reason);
    }

    /** A large answer, while as much waits for clients to read it as the server keeps. What was asked for may be done. */
    public static WireFault tooManyAnswers() {
        return unanswered("too many large answers wait to be read", "rpc_response_backpressured");
    }

    /** An answer that is over the limits. What was asked for may be done. */
    static WireFault answerTooLarge() {
        return unanswered("the answer is too large", "rpc_response_too_large");
    }

    private static WireFault unanswered(String message, String reason) {
        return new WireFault(
                ErrorCode.BUDGET_EXHAUSTED,
                message,
                ErrorForm.outcome(ErrorForm.UNKNOWN).put("reason", reason));
    }

    static WireFault denied() {
        return fault(ErrorCode.SCOPE_DENIED, "initialize with the token first", null);
    }

    static WireFault closing() {
        return fault(ErrorCode.SESSION_RUNTIME_UNAVAILABLE, "the server closes", null);
    }

    /** What a call failed with; one without any reason is a failure of the server. */
    static WireFault of(@Nullable Throwable failure) {
        return failure == null ? internal() : Faults.of(AsyncFailures.unwrapped(failure));
    }

    /** A failure of the server, after which nobody knows what was done. */
    public static WireFault internal() {
        return new WireFault(ErrorCode.INTERNAL_ERROR, "internal error", ErrorForm.outcome(ErrorForm.UNKNOWN));
    }

    /** Nothing was begun. */
    private static WireFault fault(ErrorCode code, String message, @Nullable String reason) {
        ObjectNode data = ErrorForm.outcome(ErrorForm.NOT_DONE);
        if (reason != null) {
            data.put("reason", reason);
        }
        return new WireFault(code, message, data);
    }
}
