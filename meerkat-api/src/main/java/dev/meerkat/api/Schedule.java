package dev.meerkat.api;

import java.time.Instant;

/**
 * A schedule of a session, as it is stored. Immutable and thread-safe.
 *
 * @param id its id
 * @param spec when, and what
 * @param createdAt when it was made
 * @param next when it is due next
 */
public record Schedule(ScheduleId id, ScheduleSpec spec, Instant createdAt, Instant next) implements HasJson {
    /** Checks. */
    public Schedule {
        Check.notNull(id, "schedule_id");
        Check.notNull(spec, "spec");
        Check.notNull(createdAt, "created_at");
        Check.notNull(next, "next");
    }

    /**
     * Due at another time.
     *
     * @param next when it is due next
     * @return a changed copy
     */
    public Schedule withNext(Instant next) {
        return new Schedule(id, spec, createdAt, next);
    }
}
