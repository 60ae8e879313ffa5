package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.TraceContext;
import java.time.Instant;
import java.util.Optional;

/**
 * An input to be admitted.
 *
 * @param id its id, which also makes a second delivery of it a duplicate
 * @param at when it came
 * @param track where it waits
 * @param body what it says
 * @param trace the trace of its sender; a store keeps it in the stored form of the body, see {@link StoreCodec}
 */
public record NewInput(InputId id, Instant at, Track track, InputBody body, Optional<TraceContext> trace) {
    /**
     * An input whose sender told no trace.
     *
     * @param id its id
     * @param at when it came
     * @param track where it waits
     * @param body what it says
     */
    public NewInput(InputId id, Instant at, Track track, InputBody body) {
        this(id, at, track, body, Optional.empty());
    }

    /**
     * The input as it was admitted.
     *
     * @param position where it stands in the session's event log
     * @return the input
     */
    public AdmittedInput admitted(Cursor position) {
        return new AdmittedInput(id, position, at, body, trace);
    }
}
