package dev.meerkat.core.agent;

import java.time.Duration;
import java.util.Optional;

/**
 * What waits in a session's inbox beyond what its running turn has taken up.
 *
 * @param prompts prompts of explicit turns; each gets a turn of its own
 * @param steered comms inputs that enter the running turn at its next safe point
 * @param queued comms inputs that wait for the next turn
 * @param passive comms inputs that wait for the next turn without waking the session, such as progress of requests
 * @param events external events
 * @param oldest how long the oldest of them has waited; empty if none waits
 */
public record Backlog(int prompts, int steered, int queued, int passive, int events, Optional<Duration> oldest) {
    /** {@return how many inputs wait in all} */
    public int total() {
        return prompts + steered + queued + passive + events;
    }
}
