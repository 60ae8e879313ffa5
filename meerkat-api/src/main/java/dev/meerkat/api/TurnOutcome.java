package dev.meerkat.api;

/** How the turn of a prompt ended. */
public sealed interface TurnOutcome {

    /**
     * The turn.
     *
     * @return its id
     */
    TurnId turnId();

    /**
     * Answered and committed.
     *
     * @param turnId the turn
     * @param text the last answer
     */
    record Completed(TurnId turnId, String text) implements TurnOutcome {}

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
