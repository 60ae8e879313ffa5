package dev.meerkat.api;

/**
 * How far an input got; {@code session/input_status} on the wire.
 *
 * @param id the input
 * @param position where it stands in the session's event log
 * @param state how far it got
 */
public record InputStatus(InputId id, Cursor position, State state) {

    /** The states in the order in which an input passes through them. */
    public enum State {
        /** Waits in its lane. */
        QUEUED,
        /** A running turn has it. */
        STAGED,
        /** A step that consumed it is committed. */
        CONSUMED,
        /** Given up after the last attempt; the event log says why. */
        DEAD_LETTERED
    }
}
