package dev.meerkat.api;

import java.util.Optional;

/** What {@link Session#interrupt} found and did. */
public sealed interface InterruptOutcome extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code stopped}} A getter, so that libraries that
     * write beans tell it too.
     */
    default String getOutcome() {
        return TypeName.of(this);
    }

    /**
     * The turn ended, and what it had done is in the transcript.
     *
     * @param turnId the turn
     */
    record Stopped(TurnId turnId) implements InterruptOutcome {}

    /**
     * The turn was told, and has not ended within the wait; it ends at its next safe point.
     *
     * @param turnId the turn; empty if a remote server does not tell
     */
    record Stopping(Optional<TurnId> turnId) implements InterruptOutcome {}

    /** No turn was running, and nothing was done. */
    record Idle() implements InterruptOutcome {}
}
