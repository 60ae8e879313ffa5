package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.internal.wire.Fault;
import org.jspecify.annotations.Nullable;

/** What came of a call that was written. */
sealed interface RpcAnswer {

    /**
     * The server did it.
     *
     * @param value its answer
     */
    record Result(JsonNode value) implements RpcAnswer {}

    /**
     * The server refused it, or failed with it.
     *
     * @param fault its answer
     */
    record Refused(Fault fault) implements RpcAnswer {}

    /**
     * No answer came, or none that can be read.
     *
     * @param code the stable code of the case
     * @param message what happened
     * @param cause what it came from, or null
     * @param untouched whether not one byte came from the server since the call was written
     */
    record Lost(String code, String message, @Nullable Throwable cause, boolean untouched) implements RpcAnswer {
        /** The connection ended first. */
        static final String CONNECTION_LOST = "connection_lost";
        /** The client's timeout passed first. */
        static final String CALL_TIMEOUT = "call_timeout";
        /** What came cannot be read. */
        static final String INVALID_ANSWER = "invalid_answer";
        /** An error came without an id, and may be the answer to several calls. */
        static final String UNATTRIBUTED_ERROR = "unattributed_error";

        /** What the caller is told: a call that changes something may have been done all the same. */
        MeerkatException of(boolean changes, String method) {
            String text = method + ": " + message;
            return changes ? new UnknownOutcomeException(code, text, cause) : new FailedException(code, text, cause);
        }
    }
}
