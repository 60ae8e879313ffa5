package dev.meerkat.core;

import dev.meerkat.api.Lane;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Something that can say how much it has to do. Every runtime in this JVM is one: {@code meerkat instanceof Workload}.
 * Thread-safe.
 */
public interface Workload {
    /**
     * What there is to do at this moment, in the sessions that were used since the runtime was opened or had something
     * left to do then. Reads the store, at most once per session that waits, and 1,000 times in all.
     *
     * @return never null; nothing after closing
     */
    Numbers workload();

    /**
     * How much there is to do.
     *
     * @param waiting how many inputs wait in each lane
     * @param oldest how long the oldest input has waited that starts a turn by itself; empty if there is none
     * @param sessions how many sessions are in memory
     * @param running how many sessions have a turn that runs
     * @param parked how many sessions are parked
     */
    record Numbers(Map<Lane, Integer> waiting, Optional<Duration> oldest, int sessions, int running, int parked) {
        /** Copies. */
        public Numbers {
            waiting = Map.copyOf(waiting);
        }
    }
}
