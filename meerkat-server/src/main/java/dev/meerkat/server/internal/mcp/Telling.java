package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import reactor.core.publisher.Mono;

/** A host that takes notifications beside the answer of its call. Thread-safe. */
@FunctionalInterface
interface Telling {
    /** Tells something; ends when it is written. */
    Mono<Void> tell(ObjectNode data);
}
