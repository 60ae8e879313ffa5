package dev.meerkat.core;

import dev.meerkat.api.TraceContext;
import java.util.Optional;

/**
 * Told what a runtime does, for metrics and traces.
 *
 * <p>Called on the runtime's own threads, which for a durable store include the one that writes, and never with a lock
 * held. Must be quick, must not block and must be thread-safe; what it throws is logged and otherwise ignored. A
 * runtime without listeners makes none of these values.
 */
public interface RuntimeListener {
    /** Ignores everything. */
    RuntimeListener NONE = new RuntimeListener() {};

    /**
     * Something happened. Later versions may tell of more.
     *
     * @param event what
     */
    default void on(RuntimeEvent event) {}

    /**
     * Work begins, on this thread.
     *
     * @param work what is done
     * @return told of its end, on the same thread
     */
    default WorkScope begin(RuntimeWork work) {
        return WorkScope.NONE;
    }

    /**
     * The trace of what this thread does, which goes with what it sends.
     *
     * @return what telemetry has as its current span; without one, {@link TraceContext#current}
     */
    default Optional<TraceContext> currentTrace() {
        return TraceContext.current();
    }
}
