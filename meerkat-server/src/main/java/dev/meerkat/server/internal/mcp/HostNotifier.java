package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletionStage;

/** Tells a host something beside the answer of its call. Thread-safe. */
@FunctionalInterface
interface HostNotifier {
    /** Tells something; completes when it is written. */
    CompletionStage<?> tell(ObjectNode data);
}
