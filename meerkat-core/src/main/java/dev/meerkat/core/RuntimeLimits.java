package dev.meerkat.core;

import java.time.Duration;
import java.util.Optional;

/**
 * The bounds of a runtime. An input counts in its lane from its admission until it is consumed.
 *
 * @param commsInputs most inputs that wait in one session's comms lane; default 1,024; prompts of
 *     explicit turns have as much room again, so that peers cannot lock a session's owner out
 * @param externalInputs most inputs that wait in one session's external-ingress lane; default 10,000
 * @param externalBytes most bytes that wait in one session's external-ingress lane; default 64 MiB
 * @param turnInputs most inputs of each lane that one turn takes up; default 64
 * @param liveEvents most live events that wait for one slow reader; default 256
 * @param sessions how many sessions there are in memory, and how many schedules each has
 * @param turns how many turns run at once, and for how long
 * @param waits the longest waits
 */
public record RuntimeLimits(
        int commsInputs,
        int externalInputs,
        long externalBytes,
        int turnInputs,
        int liveEvents,
        Sessions sessions,
        Turns turns,
        Waits waits) {
    /** Checks the numbers. */
    public RuntimeLimits {
        positive(commsInputs, "commsInputs");
        positive(externalInputs, "externalInputs");
        positive(externalBytes, "externalBytes");
        positive(turnInputs, "turnInputs");
        positive(liveEvents, "liveEvents");
    }

    /**
     * How many turns run at once, over all sessions, and for how long.
     *
     * @param running most sessions whose turns run at once; default 256; others wait in the order in which
     *     they got work
     * @param waiting most turns that wait for replies, and give their place to other sessions meanwhile; default
     *     1,024; a turn beyond them keeps its place while it waits
     * @param length longest that an attempt at a turn lasts, or an eighth longer; default 1 h; then it is
     *     interrupted and fails as {@code turn_overdue}; empty for no bound
     */
    public record Turns(int running, int waiting, Optional<Duration> length) {
        /** Checks the numbers. */
        public Turns {
            positive(running, "running");
            positive(waiting, "waiting");
            if (length.filter(longest -> longest.isZero() || longest.isNegative())
                    .isPresent()) {
                throw new IllegalArgumentException("length must be positive: " + length);
            }
        }
    }

    /**
     * The longest waits.
     *
     * @param store for the store to acknowledge a write; default 30 s, then the outcome is unknown
     * @param interrupt for an interrupted turn to end; default 5 s
     * @param close for running turns to end by themselves when the runtime closes; default 5 s
     */
    public record Waits(Duration store, Duration interrupt, Duration close) {}

    /**
     * How many sessions there are in memory, and how many schedules each has.
     *
     * @param inMemory most sessions that were created or used since the runtime was opened and are not archived; each
     *     stays in memory, with some hundred bytes, and with some 2,000 where the store is in memory; default 100,000; a
     *     call that would hold one more is refused
     * @param schedules most schedules that one session has; default 100
     * @param scheduleGap shortest time between two times at which one cron schedule is due, and shortest delay after
     *     which an agent wakes itself by {@link dev.meerkat.core.agent.TurnContext#wakeMe}; default 10 s
     */
    public record Sessions(int inMemory, int schedules, Duration scheduleGap) {
        /** Checks the numbers. */
        public Sessions {
            positive(inMemory, "sessions");
            positive(schedules, "schedules");
            if (scheduleGap.isNegative()) {
                throw new IllegalArgumentException("scheduleGap must not be negative: " + scheduleGap);
            }
        }
    }

    /** {@return the defaults, as the parameters say} */
    public static RuntimeLimits defaults() {
        return new RuntimeLimits(
                1_024,
                10_000,
                64L << 20,
                64,
                256,
                new Sessions(100_000, 100, Duration.ofSeconds(10)),
                new Turns(256, 1_024, Optional.of(Duration.ofHours(1))),
                new Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(5)));
    }

    /**
     * {@return a copy with other lane bounds}
     *
     * @param comms most inputs in the comms lane
     * @param external most inputs in the external-ingress lane
     * @param bytes most bytes in the external-ingress lane
     */
    public RuntimeLimits withLanes(int comms, int external, long bytes) {
        return new RuntimeLimits(comms, external, bytes, turnInputs, liveEvents, sessions, turns, waits);
    }

    /**
     * {@return a copy with other turns}
     *
     * @param turnInputs most inputs of each lane that one turn takes up
     */
    public RuntimeLimits withTurnInputs(int turnInputs) {
        return new RuntimeLimits(
                commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, sessions, turns, waits);
    }

    /**
     * {@return a copy with other buffers for slow readers}
     *
     * @param liveEvents most live events that wait for one reader
     */
    public RuntimeLimits withLiveEvents(int liveEvents) {
        return new RuntimeLimits(
                commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, sessions, turns, waits);
    }

    /**
     * {@return a copy with another number of sessions}
     *
     * @param inMemory most sessions in memory
     */
    public RuntimeLimits withSessions(int inMemory) {
        return withSessions(new Sessions(inMemory, sessions.schedules(), sessions.scheduleGap()));
    }

    /**
     * {@return a copy with other bounds of schedules}
     *
     * @param most most schedules that one session has
     * @param gap shortest time between two times at which one of them is due
     */
    public RuntimeLimits withSchedules(int most, Duration gap) {
        return withSessions(new Sessions(sessions.inMemory(), most, gap));
    }

    private RuntimeLimits withSessions(Sessions changed) {
        return new RuntimeLimits(
                commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, changed, turns, waits);
    }

    /**
     * {@return a copy with other bounds of running turns}
     *
     * @param turns how many turns run at once, and for how long
     */
    public RuntimeLimits withTurns(Turns turns) {
        return new RuntimeLimits(
                commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, sessions, turns, waits);
    }

    /**
     * {@return a copy with other waits}
     *
     * @param waits the longest waits
     */
    public RuntimeLimits withWaits(Waits waits) {
        return new RuntimeLimits(
                commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, sessions, turns, waits);
    }

    private static void positive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
    }
}
