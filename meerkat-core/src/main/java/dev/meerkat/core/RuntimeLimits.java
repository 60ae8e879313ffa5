package dev.meerkat.core;

import java.time.Duration;

/**
 * The bounds of a runtime. An input counts in its lane from its admission until it is consumed.
 *
 * @param commsInputs most inputs that wait in one session's comms lane; default 1,024; prompts of
 *     explicit turns have as much room again, so that peers cannot lock a session's owner out
 * @param externalInputs most inputs that wait in one session's external-ingress lane; default 10,000
 * @param externalBytes most bytes that wait in one session's external-ingress lane; default 64 MiB
 * @param turnInputs most inputs of each lane that one turn takes up; default 64
 * @param liveEvents most live events that wait for one slow reader; default 256
 * @param waits the longest waits
 */
public record RuntimeLimits(
        int commsInputs, int externalInputs, long externalBytes, int turnInputs, int liveEvents, Waits waits) {
    /** Checks the numbers. */
    public RuntimeLimits {
        positive(commsInputs, "commsInputs");
        positive(externalInputs, "externalInputs");
        positive(externalBytes, "externalBytes");
        positive(turnInputs, "turnInputs");
        positive(liveEvents, "liveEvents");
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
     * The defaults.
     *
     * @return as the parameters say
     */
    public static RuntimeLimits defaults() {
        return new RuntimeLimits(
                1_024,
                10_000,
                64L << 20,
                64,
                256,
                new Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(5)));
    }

    /**
     * With other lane bounds.
     *
     * @param comms most inputs in the comms lane
     * @param external most inputs in the external-ingress lane
     * @param bytes most bytes in the external-ingress lane
     * @return a changed copy
     */
    public RuntimeLimits withLanes(int comms, int external, long bytes) {
        return new RuntimeLimits(comms, external, bytes, turnInputs, liveEvents, waits);
    }

    /**
     * With other turns.
     *
     * @param turnInputs most inputs of each lane that one turn takes up
     * @return a changed copy
     */
    public RuntimeLimits withTurnInputs(int turnInputs) {
        return new RuntimeLimits(commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, waits);
    }

    /**
     * With other buffers for slow readers.
     *
     * @param liveEvents most live events that wait for one reader
     * @return a changed copy
     */
    public RuntimeLimits withLiveEvents(int liveEvents) {
        return new RuntimeLimits(commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, waits);
    }

    /**
     * With other waits.
     *
     * @param waits the longest waits
     * @return a changed copy
     */
    public RuntimeLimits withWaits(Waits waits) {
        return new RuntimeLimits(commsInputs, externalInputs, externalBytes, turnInputs, liveEvents, waits);
    }

    private static void positive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
    }
}
