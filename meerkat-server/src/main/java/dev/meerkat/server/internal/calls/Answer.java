package dev.meerkat.server.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * The result of a call.
 *
 * @param result as the wire of JSON-RPC has it
 * @param runId the run whose end it tells; events up to that end are to be told before it
 */
public record Answer(ObjectNode result, Optional<String> runId) {}
