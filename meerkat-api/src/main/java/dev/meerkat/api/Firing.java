package dev.meerkat.api;

import java.time.Instant;

/**
 * Why an input came by itself: a schedule was due, and no one is present. Immutable and thread-safe.
 *
 * @param scheduleId the schedule
 * @param due when it was due; the input's own time tells when it came
 */
public record Firing(ScheduleId scheduleId, Instant due) {
    /** Checks. */
    public Firing {
        Check.notNull(scheduleId, "schedule_id");
        Check.notNull(due, "due");
    }
}
