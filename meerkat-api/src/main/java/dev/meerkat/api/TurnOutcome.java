package dev.meerkat.api;

import java.util.Optional;

/** How the turn of a prompt ended. */
public sealed interface TurnOutcome {

    /**
     * The turn.
     *
     * @return its id, {@link TurnId#UNKNOWN} if a remote server does not tell
     */
    TurnId turnId();

    /**
     * Answered and committed.
     *
     * @param turnId the turn
     * @param text the last answer
     * @param usage what it used of the model, or empty if nothing tells
     */
    record Completed(TurnId turnId, String text, Optional<Usage> usage) implements TurnOutcome {

        /**
         * A turn whose use of a model is not known.
         *
         * @param turnId the turn
         * @param text the last answer
         */
        public Completed(TurnId turnId, String text) {
            this(turnId, text, Optional.empty());
        }
    }

    /**
     * Stopped by {@link Session#interrupt}; the transcript keeps what there was.
     *
     * @param turnId the turn
     * @param text what the agent had written so far, may be empty
     */
    record Interrupted(TurnId turnId, String text) implements TurnOutcome {}

    /**
     * Given up after the last attempt; the prompt is dead-lettered.
     *
     * @param turnId the turn
     * @param code the stable code of the failure
     * @param message what failed
     */
    record Failed(TurnId turnId, String code, String message) implements TurnOutcome {}
}
