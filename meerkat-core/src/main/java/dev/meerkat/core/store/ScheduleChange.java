package dev.meerkat.core.store;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import java.time.Instant;
import java.util.Optional;

/** A change of one schedule of a live session. */
public sealed interface ScheduleChange {
    /** {@return the id of the session} */
    SessionId session();

    /** {@return the id of the schedule} */
    ScheduleId id();

    /**
     * A schedule that is new, unless one of its id is there.
     *
     * @param session the session
     * @param schedule the schedule
     * @param most how many the session may have with it
     */
    record Add(SessionId session, Schedule schedule, int most) implements ScheduleChange {
        @Override
        public ScheduleId id() {
            return schedule.id();
        }
    }

    /**
     * A schedule that is due at another time.
     *
     * @param session the session
     * @param id the schedule
     * @param from when it is due; nothing is changed if the store has another time
     * @param to when it is due from now on
     */
    record Move(SessionId session, ScheduleId id, Instant from, Instant to) implements ScheduleChange {}

    /**
     * A schedule that is to be there no more.
     *
     * @param session the session
     * @param id the schedule
     * @param due when it is due, and nothing is changed if the store has another time; empty for any
     */
    record Drop(SessionId session, ScheduleId id, Optional<Instant> due) implements ScheduleChange {}
}
