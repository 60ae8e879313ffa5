package dev.meerkat.core.store;

import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import java.time.Instant;

/**
 * What becomes of a dead letter.
 *
 * @param session its session
 * @param input its id
 * @param kind what becomes of it
 * @param at when
 */
public record DeadLetterChange(SessionId session, InputId input, Kind kind, Instant at) {

    /** What can become of a dead letter. */
    public enum Kind {
        /** It is tried again, with all others of its turn. */
        REDRIVE,
        /** It is never handled. */
        DISCARD
    }
}
