package dev.meerkat.core.store;

import dev.meerkat.api.Schedule;

/** What became of a {@link ScheduleChange}. All but the first leave no trace. */
public sealed interface ScheduleResult
        permits ScheduleResult.Done, ScheduleResult.There, ScheduleResult.Full, ScheduleResult.Absent, Fenced {
    /** It is stored. */
    record Done() implements ScheduleResult {}

    /**
     * A schedule with the new one's id is there already.
     *
     * @param schedule the one that is there
     */
    record There(Schedule schedule) implements ScheduleResult {}

    /** The session has as many as it may. */
    record Full() implements ScheduleResult {}

    /** There is no such live session, no such schedule, or it is due at another time. */
    record Absent() implements ScheduleResult {}
}
