package dev.meerkat.client.internal.rest;

import java.time.Duration;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * One request to the server.
 *
 * @param what the operation, for error messages
 * @param request what is sent
 * @param timeout from its begin to the last byte of its answer
 * @param changes whether it may change something, so that a lost answer leaves the outcome unknown
 * @param requestId the id under which the server can cancel it, or null
 */
record HttpAsk(
        String what,
        Request request,
        Duration timeout,
        boolean changes,
        @Nullable String requestId) {}
