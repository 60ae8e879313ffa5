package dev.meerkat.api;

import java.time.Duration;

/**
 * What became of an {@link ExternalEvent}; {@code outcome_type} on the wire.
 *
 * <p>Only a lane that is full is a {@link Refused} value, since a sender is expected to meet it and
 * to come again; {@link Refused#reason} makes the {@link LaneFullException} that {@link Session#send} throws for
 * the same. An archived session, a closed Meerkat and a broken store are exceptions, as
 * everywhere.
 */
public sealed interface EventOutcome extends HasJson {
    /**
     * What kind it is, as in {@link #toJson}. A getter, so that libraries that write beans tell it too.
     *
     * @return such as {@code accepted}
     */
    default String getOutcome() {
        return TypeName.of(this);
    }

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
     * The same key and content were admitted before; nothing was done now, unless the first was a dead
     * letter: then it is back in its lane.
     *
     * @param inputId the first input's id
     * @param position where the first stands in the session's event log, {@link Cursor#START} if a remote
     *     server does not tell
     * @param redriven whether the first was a dead letter and is back in its lane
     */
    record Duplicate(InputId inputId, Cursor position, boolean redriven) implements EventOutcome {

        /**
         * A duplicate of which nothing was done now.
         *
         * @param inputId the first input's id
         * @param position where the first stands in the session's event log
         */
        public Duplicate(InputId inputId, Cursor position) {
            this(inputId, position, false);
        }
    }

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
     * @param session the session whose lane is full
     * @param lane the lane
     * @param bound which bound is reached, such as "1024 inputs"
     * @param retryAfter when to try again
     */
    record Refused(SessionId session, Lane lane, String bound, Duration retryAfter) implements EventOutcome {
        /** Checks. */
        public Refused {
            Check.notNull(session, "session_id");
            Check.notNull(lane, "lane");
            Check.notNull(bound, "bound");
            Check.notNull(retryAfter, "retry_after");
        }

        /**
         * A refusal for the reason that other inputs are refused with.
         *
         * @param reason the lane, its bound and when to try again
         */
        public Refused(LaneFullException reason) {
            this(reason.session(), reason.lane(), reason.bound(), reason.retryAfter());
        }

        /**
         * The same as an exception, to be thrown.
         *
         * @return a new exception
         */
        public LaneFullException reason() {
            return new LaneFullException(session, lane, bound, retryAfter);
        }
    }
}
