package dev.meerkat.api;

import java.io.Serializable;
import java.util.UUID;

/**
 * Identity of one schedule of a session; {@code schedule_id} on the wire.
 *
 * <p>An immutable value, safe for use by many threads; {@link #toString()} is the wire form.
 *
 * @param value the id, never null
 */
public record ScheduleId(UUID value) implements Comparable<ScheduleId>, Serializable {

    /** Checks the value. */
    public ScheduleId {
        Check.notNull(value, "schedule_id");
    }

    /**
     * Reads the wire form.
     *
     * @param text a hyphenated UUID
     * @return the id
     * @throws InvalidFieldException if {@code text} is null or no UUID
     */
    public static ScheduleId of(String text) {
        return new ScheduleId(Check.uuid(text, "schedule_id"));
    }

    @Override
    public int compareTo(ScheduleId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
