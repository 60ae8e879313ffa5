package dev.meerkat.api;

import java.time.Instant;
import java.util.Optional;

/**
 * An input with its receipt's facts.
 *
 * @param id its id
 * @param position where it stands in the session's event log, which is also the order of admission
 * @param at when it was admitted
 * @param body what it says
 * @param trace the trace of its sender; for telemetry alone, so neither its JSON nor the wire has it
 */
public record AdmittedInput(InputId id, Cursor position, Instant at, InputBody body, Optional<TraceContext> trace)
        implements HasJson {
    /**
     * An input whose sender told no trace.
     *
     * @param id its id
     * @param position where it stands in the session's event log
     * @param at when it was admitted
     * @param body what it says
     */
    public AdmittedInput(InputId id, Cursor position, Instant at, InputBody body) {
        this(id, position, at, body, Optional.empty());
    }

    /**
     * When it is too late: no turn takes it up from then on, and a request is answered no more. A turn that has taken it up
     * keeps it.
     *
     * @return its admission and its time to live together; empty if it has none
     */
    public Optional<Instant> deadline() {
        return body.timeToLive().map(at::plus);
    }
}
