package dev.meerkat.server.internal.calls;

import java.util.Optional;

/**
 * The result of a call.
 *
 * @param result what the call does, or that in the form of a surface
 * @param runId the run whose end it tells; events up to that end are to be told before it
 */
public record Answer<T>(T result, Optional<String> runId) {}
