package dev.meerkat.api;

import java.util.Optional;

/** How the turn of a prompt ended. */
public sealed interface TurnOutcome extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code completed}} A getter, so that libraries that
     * write beans tell it too.
     */
    default String getOutcome() {
        return TypeName.of(this);
    }

    /** {@return the id of the turn; empty if a remote server does not tell} */
    Optional<TurnId> turnId();

    /**
     * Answered and committed.
     *
     * @param turnId the turn; empty if a remote server does not tell
     * @param text the last answer
     * @param usage what it used of the model, or empty if nothing tells
     * @param finishReason why the model ended the last answer, or empty if nothing tells; the text may be cut
     *     short if it is not {@link FinishReason#STOP}
     */
    record Completed(Optional<TurnId> turnId, String text, Optional<Usage> usage, Optional<FinishReason> finishReason)
            implements TurnOutcome {

        /**
         * A turn without usage and finish reason of a model.
         *
         * @param turnId the turn
         * @param text the last answer
         */
        public Completed(TurnId turnId, String text) {
            this(Optional.of(turnId), text, Optional.empty(), Optional.empty());
        }
    }

    /**
     * Stopped by {@link Session#interrupt}; the transcript keeps what there was.
     *
     * @param turnId the turn; empty if a remote server does not tell
     * @param text what the agent had written so far, may be empty
     */
    record Interrupted(Optional<TurnId> turnId, String text) implements TurnOutcome {}

    /**
     * Not ended: the session is parked, and the prompt kept. It is answered once somebody calls {@link
     * Session#unpark}; the session's events and history tell the answer.
     *
     * @param turnId the turn that is parked; empty if a remote server does not tell
     * @param code the stable code of the reason
     * @param message why
     */
    record Parked(Optional<TurnId> turnId, String code, String message) implements TurnOutcome {}

    /**
     * Given up after the last attempt; the prompt is dead-lettered.
     *
     * @param turnId the turn; empty if a remote server does not tell
     * @param code the stable code of the failure
     * @param message what failed
     */
    record Failed(Optional<TurnId> turnId, String code, String message) implements TurnOutcome {}
}
