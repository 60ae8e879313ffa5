package dev.meerkat.api;

/**
 * What became of an {@link ExternalEvent}; {@code outcome_type} on the wire.
 *
 * <p>Only a lane that is full is a {@link Refused} value, since a sender is expected to meet it and
 * to come again. An archived session, a closed Meerkat and a broken store are exceptions, as
 * everywhere.
 */
public sealed interface EventOutcome {

    /**
     * Admitted: as durable as {@code delivery} says, and it takes effect once.
     *
     * @param inputId the input's id, {@link InputId#UNKNOWN} if a remote server does not tell
     * @param position where it stands in the session's event log, {@link Cursor#START} if a remote server
     *     does not tell
     * @param delivery how much is proved
     */
    record Accepted(InputId inputId, Cursor position, Delivery delivery) implements EventOutcome {}

    /**
     * The same key and content were admitted before; nothing was done now.
     *
     * @param inputId the first input's id
     * @param position where the first stands in the session's event log, {@link Cursor#START} if a remote
     *     server does not tell
     */
    record Duplicate(InputId inputId, Cursor position) implements EventOutcome {}

    /**
     * The same key was admitted before with other content; nothing was done now.
     *
     * @param existing the first input's id
     * @param idempotencyKey the key
     */
    record Conflict(InputId existing, String idempotencyKey) implements EventOutcome {}

    /**
     * There was no room; nothing was done. An event larger than the whole lane is refused like this
     * every time.
     *
     * @param reason the lane, its bound and when to try again
     */
    record Refused(LaneFullException reason) implements EventOutcome {}
}
