package dev.meerkat.core.store;

import dev.meerkat.api.InvalidFieldException;
import java.time.Instant;

/** The numbers that stand for single values in what a durable store keeps. None may ever change its meaning. */
public final class StoredNumbers {
    private static final long NANOS = 1_000_000_000L;

    private StoredNumbers() {}

    /**
     * A time as nanoseconds since 1970, which reach the year 2262.
     *
     * @param at the time
     * @return its number
     * @throws ArithmeticException if it is out of that range
     */
    public static long of(Instant at) {
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), NANOS), at.getNano());
    }

    /**
     * Refuses times that have no number, before anything is written.
     *
     * @param at the time
     * @throws InvalidFieldException if it has none
     */
    public static void check(Instant at) {
        if (at.isBefore(instant(Long.MIN_VALUE)) || at.isAfter(instant(Long.MAX_VALUE))) {
            throw new InvalidFieldException("at", at.toString(), "must be between the years 1678 and 2262");
        }
    }

    /**
     * Refuses a change of a schedule whose time cannot be stored.
     *
     * @param change the change
     * @throws InvalidFieldException naming the time
     */
    public static void check(ScheduleChange change) {
        if (change instanceof ScheduleChange.Add add) {
            check(add.schedule().next());
        } else if (change instanceof ScheduleChange.Move move) {
            check(move.to());
        }
    }

    /**
     * The time of a number.
     *
     * @param nanos nanoseconds since 1970
     * @return the time
     */
    public static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    /**
     * The number of a track.
     *
     * @param track the track
     * @return from 0 to 4
     */
    public static int of(Track track) {
        return switch (track) {
            case PROMPT -> 0;
            case QUEUED -> 1;
            case STEERED -> 2;
            case PASSIVE -> 3;
            case EXTERNAL -> 4;
        };
    }

    /**
     * The track of a number.
     *
     * @param number the number
     * @return the track
     * @throws IllegalArgumentException if there is none
     */
    public static Track track(long number) {
        for (Track track : Track.values()) {
            if (of(track) == number) {
                return track;
            }
        }
        throw new IllegalArgumentException("there is no track " + number);
    }

    /**
     * The number of a failed input's state.
     *
     * @param state the state
     * @return from 0 to 5
     */
    public static int of(FailedInput.State state) {
        return switch (state) {
            case HELD -> 0;
            case SET_ASIDE -> 1;
            case DEAD -> 2;
            case DISCARDED -> 3;
            case HANDLED -> 4;
            case EXPIRED -> 5;
        };
    }

    /**
     * The state of a number.
     *
     * @param number the number
     * @return the state
     * @throws IllegalArgumentException if there is none
     */
    public static FailedInput.State state(long number) {
        for (FailedInput.State state : FailedInput.State.values()) {
            if (of(state) == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("there is no state " + number);
    }
}
