package dev.meerkat.server.internal.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireFault;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The errors of REST. */
public final class Refusals {
    public static final int UNPROCESSABLE = 422;

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final String BAD_REQUEST = "BAD_REQUEST";
    private static final String NOT_FOUND = "NOT_FOUND";
    private static final String INVALID_PARAMS = "Invalid params";
    private static final String WRONG_SHAPE = "Failed to deserialize the JSON body into the target type";
    private static final int CODE_PARAMS = -32_602;
    private static final int CODE_INTERNAL = -32_603;
    private static final int MILLIS = 1_000;

    private Refusals() {}

    /** What cannot be understood. */
    public static WireFault badRequest(String message) {
        return of(400, BAD_REQUEST, message);
    }

    /** Without the token or the secret. */
    public static WireFault unauthorized(String message) {
        return of(401, "UNAUTHORIZED", message);
    }

    /** Of somebody who may not. */
    public static WireFault forbidden(String message) {
        return of(403, "FORBIDDEN", message);
    }

    /** Of what is not there. */
    public static WireFault notFound(String message) {
        return of(404, NOT_FOUND, message);
    }

    /** What did not come in time. */
    public static WireFault timeout(String message) {
        return of(408, "REQUEST_TIMEOUT", message);
    }

    /** A body over the limit. */
    public static WireFault tooLarge(long limit) {
        return of(413, "PAYLOAD_TOO_LARGE", "the body is over the limit of " + limit + " bytes");
    }

    /** A body of another type. */
    public static WireFault noJson() {
        return of(415, "UNSUPPORTED_MEDIA_TYPE", "Expected request with `Content-Type: application/json`");
    }

    /** A body in another form than it must have. */
    public static WireFault wrongShape(String what) {
        return of(UNPROCESSABLE, BAD_REQUEST, WRONG_SHAPE + ": " + what);
    }

    /** A body without a field that must be there. */
    public static WireFault missing(String field) {
        return wrongShape("missing field `" + field + "`");
    }

    /** What cannot be understood after the question mark. */
    public static WireFault wrongQuery(String what) {
        return badRequest("Failed to deserialize query string: " + what);
    }

    /** What may be tried again later. */
    public static WireFault busy(String message) {
        return of(503, "SERVICE_UNAVAILABLE", message);
    }

    /** Any other refusal. */
    public static WireFault of(int status, String name, String message) {
        return new WireFault(status >= 500 ? CODE_INTERNAL : CODE_PARAMS, name, status, message, null);
    }

    /** What a call or an action failed with, in the terms of REST. */
    public static WireFault of(Throwable problem) {
        Throwable cause = problem;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof WireFault fault) {
            return shaped(fault);
        }
        if (cause instanceof RejectedExecutionException) {
            return busy("the server has too much to do");
        }
        LOG.warn("a request failed within the server: {}", cause.getClass().getName());
        LOG.debug("a request failed within the server", cause);
        return of(500, "INTERNAL_ERROR", "internal error");
    }

    /** A body of the wrong shape is told of in this surface's own words. */
    private static WireFault shaped(WireFault fault) {
        if (fault.status() != UNPROCESSABLE || !fault.message().startsWith(INVALID_PARAMS)) {
            return fault;
        }
        String what = fault.message().substring(INVALID_PARAMS.length());
        return new WireFault(fault.code(), fault.name(), UNPROCESSABLE, WRONG_SHAPE + what, fault.data());
    }

    /** The body of an error answer. */
    public static ObjectNode body(WireFault fault) {
        return body(fault.name(), fault.message(), fault.data());
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
        if (fault.status() != 429 && fault.status() != 503) {
            return Optional.empty();
        }
        ObjectNode data = fault.data();
        JsonNode millis = data == null ? null : data.get("retry_after_ms");
        long known = millis != null && millis.canConvertToLong() ? Math.max(1, millis.longValue()) : MILLIS;
        return Optional.of((known + MILLIS - 1) / MILLIS);
    }
}
