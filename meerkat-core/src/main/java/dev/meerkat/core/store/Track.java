package dev.meerkat.core.store;

import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Lane;

/**
 * A strictly first-in-first-out part of a lane. Each session numbers the inputs of each track from 1
 * without gaps, so that "consumed" is one number per track, however many inputs wait.
 */
public enum Track {
    /** Prompts of explicit turns; wakes any session. */
    PROMPT,
    /** Queued comms inputs; wakes a keep-alive session. */
    QUEUED,
    /** Steered comms inputs; also enters a running turn at its safe points. */
    STEERED,
    /** Comms inputs that wait for the next turn and wake nobody: progress, a deferred prompt. */
    PASSIVE,
    /** External events; wakes a keep-alive session. */
    EXTERNAL;

    /** {@return the lane of this track: the external one for {@link #EXTERNAL} only} */
    public Lane lane() {
        return this == EXTERNAL ? Lane.EXTERNAL : Lane.COMMS;
    }

    /**
     * Where an input of a session waits.
     *
     * @param body the input
     * @return its track
     */
    public static Track of(InputBody body) {
        if (body instanceof InputBody.External) {
            return EXTERNAL;
        }
        if (body instanceof InputBody.Prompt) {
            return PROMPT;
        }
        if (body instanceof InputBody.PeerResponse response
                && !response.command().status().terminal()) {
            return PASSIVE;
        }
        return body.handlingMode() == HandlingMode.STEER ? STEERED : QUEUED;
    }
}
