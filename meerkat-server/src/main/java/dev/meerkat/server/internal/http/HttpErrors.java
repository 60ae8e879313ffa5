package dev.meerkat.server.internal.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The errors of REST. */
public final class HttpErrors {
    private static final Logger LOG = LoggerFactory.getLogger(HttpErrors.class);
    private static final String WRONG_QUERY = "Failed to deserialize query string";
    private static final String WRONG_SHAPE = "Failed to deserialize the JSON body into the target type";
    private static final int MILLIS = 1_000;

    private HttpErrors() {}

    /** What cannot be understood. */
    public static WireFault badRequest(String message) {
        return of(ErrorCode.BAD_REQUEST, message);
    }

    /** Without the token or the secret. */
    public static WireFault unauthorized(String message) {
        return of(ErrorCode.UNAUTHORIZED, message);
    }

    /** Of somebody who may not. */
    public static WireFault forbidden(String message) {
        return of(ErrorCode.FORBIDDEN, message);
    }

    /** Of what is not there. */
    public static WireFault notFound(String message) {
        return of(ErrorCode.NOT_FOUND, message);
    }

    /** A path that is not served. */
    public static WireFault notServed() {
        ObjectNode details = ErrorForm.data(ErrorForm.NOT_DONE, NotSupportedException.CODE);
        return new WireFault(ErrorCode.NOT_FOUND, "no such path", details);
    }

    /** What did not come in time. */
    public static WireFault timeout(String message) {
        return of(ErrorCode.REQUEST_TIMEOUT, message);
    }

    /** A body over the limit. */
    public static WireFault tooLarge(long limit) {
        return of(ErrorCode.PAYLOAD_TOO_LARGE, "the body is over the limit of " + limit + " bytes");
    }

    /** A body of another type. */
    static WireFault noJson() {
        return unsupported("Expected request with `Content-Type: application/json`");
    }

    /** A body in an encoding that is not understood. */
    static WireFault unsupported(String message) {
        return of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, message);
    }

    /** A body in another form than it must have. */
    public static WireFault wrongShape(String what) {
        return of(ErrorCode.BAD_SHAPE, WRONG_SHAPE + ": " + what);
    }

    /** A body without a field that must be there. */
    public static WireFault missing(String field) {
        return wrongShape("missing field `" + field + "`");
    }

    /** What cannot be understood after the question mark. */
    public static WireFault wrongQuery(String what) {
        return badRequest(WRONG_QUERY + ": " + what);
    }

    /** A fault of a call's parameters that stand after the question mark. */
    public static WireFault ofQuery(WireFault fault) {
        return new WireFault(fault.code(), fault.message(WRONG_QUERY), fault.data());
    }

    /** What may be tried again later. */
    public static WireFault busy(String message) {
        return of(ErrorCode.SERVICE_UNAVAILABLE, message);
    }

    /** Any other refusal: nothing was done. */
    public static WireFault of(ErrorCode code, String message) {
        return new WireFault(code, message, ErrorForm.outcome(ErrorForm.NOT_DONE));
    }

    /** What a call or an action failed with, in the terms of REST. */
    public static WireFault of(Throwable problem) {
        Throwable cause = AsyncFailures.unwrapped(problem);
        if (cause instanceof WireFault || cause instanceof MeerkatException) {
            return Faults.of(cause);
        }
        if (cause instanceof RejectedExecutionException) {
            return busy("the server has too much to do");
        }
        if (cause instanceof Error) {
            LOG.error("a request failed within the server", cause);
        }
        LOG.warn("a request failed within the server: {}", cause.getClass().getName());
        LOG.debug("a request failed within the server", cause);
        return new WireFault(ErrorCode.INTERNAL_ERROR, "internal error", ErrorForm.outcome(ErrorForm.UNKNOWN));
    }

    /** The body of an error answer. */
    public static ObjectNode body(WireFault fault) {
        boolean shape = fault.code() == ErrorCode.BAD_SHAPE;
        return body(fault.code().rest(), shape ? fault.message(WRONG_SHAPE) : fault.message(), fault.data());
    }

    /** The body of an error that the HTTP library found: in the request, or in its own work. */
    static ObjectNode body(int status, String name, String message) {
        return body(name, message, ErrorForm.outcome(status < 500 ? ErrorForm.NOT_DONE : ErrorForm.UNKNOWN));
    }

    /** The body of an error answer that no call gave. */
    public static ObjectNode body(String name, String message, @Nullable ObjectNode details) {
        ObjectNode body = WireJson.object();
        body.put("error", message);
        body.put("code", name);
        if (details != null) {
            body.set("details", details);
        }
        return body;
    }

    /** After how many seconds it may be tried again, if that could help. */
    public static Optional<Long> retryAfter(WireFault fault) {
        if (fault.code().status() != 429 && fault.code().status() != 503) {
            return Optional.empty();
        }
        ObjectNode data = fault.data();
        JsonNode millis = data == null ? null : data.get("retry_after_ms");
        long known = millis != null && millis.canConvertToLong() ? Math.max(1, millis.longValue()) : MILLIS;
        return Optional.of((known + MILLIS - 1) / MILLIS);
    }
}
