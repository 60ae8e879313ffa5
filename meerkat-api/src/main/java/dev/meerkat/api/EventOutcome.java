package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;

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
     * {@return what kind it is, as in {@link #toJson}, such as {@code accepted}} A getter, so that libraries that
     * write beans tell it too.
     */
    default String getOutcome() {
        return TypeName.of(this);
    }

    /**
     * Admitted: as durable as {@code delivery} says, and it takes effect once.
     *
     * @param inputId the input's id, or empty if a remote server does not tell it
     * @param position where it stands in the session's event log, or empty if a remote server does not tell it
     * @param delivery how much is proved
     */
    record Accepted(Optional<InputId> inputId, Optional<Cursor> position, Delivery delivery) implements EventOutcome {
        /** Checks. */
        public Accepted {
            Check.notNull(inputId, "input_id");
            Check.notNull(position, "position");
            Check.notNull(delivery, "delivery");
        }

        /**
         * An input with a known id and position.
         *
         * @param inputId the input's id
         * @param position where it stands in the session's event log
         * @param delivery how much is proved
         */
        public Accepted(InputId inputId, Cursor position, Delivery delivery) {
            this(Optional.of(inputId), Optional.of(position), delivery);
        }
    }

    /**
     * The same key and content were admitted before; nothing was done now, unless the first was a dead
     * letter: then it is back in its lane.
     *
     * @param inputId the first input's id
     * @param position where the first stands in the session's event log, or empty if a remote server does not tell it
     * @param redriven whether the first was a dead letter and is back in its lane
     */
    record Duplicate(InputId inputId, Optional<Cursor> position, boolean redriven) implements EventOutcome {
        /** Checks. */
        public Duplicate {
            Check.notNull(inputId, "input_id");
            Check.notNull(position, "position");
        }

        /**
         * A duplicate that changed nothing.
         *
         * @param inputId the first input's id
         * @param position where the first stands in the session's event log
         */
        public Duplicate(InputId inputId, Cursor position) {
            this(inputId, Optional.of(position), false);
        }
    }

    /**
     * The same key was admitted before with other content; nothing was done now.
     *
     * @param existing the first input's id, or empty if a remote server does not tell it
     * @param idempotencyKey the key
     */
    record Conflict(Optional<InputId> existing, String idempotencyKey) implements EventOutcome {
        /** Checks. */
        public Conflict {
            Check.notNull(existing, "existing");
            Check.notNull(idempotencyKey, "idempotency_key");
        }

        /**
         * A conflict with an input that is known.
         *
         * @param existing the first input's id
         * @param idempotencyKey the key
         */
        public Conflict(InputId existing, String idempotencyKey) {
            this(Optional.of(existing), idempotencyKey);
        }
    }

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

        /** {@return the same as a new exception, to be thrown} */
        public LaneFullException reason() {
            return new LaneFullException(session, lane, bound, retryAfter);
        }
    }
}
