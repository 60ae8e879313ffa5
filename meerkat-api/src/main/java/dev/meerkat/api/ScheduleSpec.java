package dev.meerkat.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a session is to get later: {@link Session#schedule} takes it.
 *
 * <p>Under a key, a session has a schedule once: the same key with the same timing and input is the same schedule, also
 * after a restart, until it has fired for the last time or is cancelled. The {@code with} methods return a changed copy.
 * Immutable and thread-safe.
 *
 * @param timing when
 * @param input what the session gets then, of at most {@link Limits#SCHEDULE_BYTES}; a steered input enters a turn that
 *     runs
 * @param key by which it is known again, or empty if every call makes another schedule
 */
public record ScheduleSpec(Timing timing, CommsCommand.Input input, Optional<String> key) {
    /** Checks. */
    public ScheduleSpec {
        Check.notNull(timing, "timing");
        Check.notNull(input, "input");
        int bytes = Check.utf8Bytes(input.body(), "body")
                + input.blocks().stream().mapToInt(ContentBlock::sizeBytes).sum();
        Check.range(bytes, "input bytes", 0, Limits.SCHEDULE_BYTES);
        Check.notNull(key, "key").ifPresent(text -> {
            Check.name(text, "key", Limits.KEY_BYTES);
            Check.text(text, "key", Limits.KEY_BYTES);
        });
    }

    /**
     * Once, after a while.
     *
     * @param delay how long, from zero to {@link Timing#LONGEST_DELAY}
     * @param input what the session gets
     * @return the spec, without a key
     * @throws InvalidFieldException if a part is null, or the delay out of range
     */
    public static ScheduleSpec after(Duration delay, CommsCommand.Input input) {
        return new ScheduleSpec(new Timing.After(delay), input, Optional.empty());
    }

    /**
     * Once, at a time.
     *
     * @param time when
     * @param input what the session gets
     * @return the spec, without a key
     * @throws InvalidFieldException if a part is null
     */
    public static ScheduleSpec at(Instant time, CommsCommand.Input input) {
        return new ScheduleSpec(new Timing.At(time), input, Optional.empty());
    }

    /**
     * Again and again.
     *
     * @param cron when
     * @param input what the session gets
     * @return the spec, without a key
     * @throws InvalidFieldException if a part is null
     */
    public static ScheduleSpec cron(Timing.Cron cron, CommsCommand.Input input) {
        return new ScheduleSpec(cron, input, Optional.empty());
    }

    /**
     * {@return a copy with a key}
     *
     * @param key at most {@link Limits#KEY_BYTES} bytes, without control characters or outer white space
     */
    public ScheduleSpec withKey(String key) {
        return new ScheduleSpec(timing, input, Optional.of(Check.notNull(key, "key")));
    }
}
