package dev.meerkat.api;

import java.util.Optional;

/**
 * How far an input got; {@code session/input_status} on the wire.
 *
 * @param id the input
 * @param position where it stands in the session's event log; empty if a remote server does not tell
 * @param state how far it got
 * @param attempts how many attempts at its turn were begun, those included that a crash ended; 0 while it waits in its
 *     lane, and where a remote server does not tell
 */
public record InputStatus(InputId id, Optional<Cursor> position, State state, int attempts) implements HasJson {
    /** Checks. */
    public InputStatus {
        Check.notNull(id, "input_id");
        Check.notNull(position, "position");
        Check.notNull(state, "state");
        if (attempts < 0) {
            throw new InvalidFieldException("attempts", Integer.toString(attempts), "must not be negative");
        }
    }

    /** The states. An input passes through the first three, unless its turn fails. */
    public enum State {
        /** Waits in its lane. */
        QUEUED,
        /** A turn has it, which runs, or waits for its next attempt while what came after it waits too. */
        STAGED,
        /** A step that consumed it is committed. */
        CONSUMED,
        /** Failed for now; it is tried again later by itself, and what came after it goes on. */
        SET_ASIDE,
        /** Given up after the last attempt; {@link Session#deadLetters} says why. */
        DEAD_LETTERED,
        /** Was a dead letter, and was discarded. */
        DISCARDED,
        /** Was too old when a turn could have taken it up; see {@link InputBody#timeToLive}. */
        EXPIRED
    }
}
