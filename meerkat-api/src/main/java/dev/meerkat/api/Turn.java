package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A handle on the turn that a prompt starts; {@code turn/start} on the wire.
 *
 * <p>Dropping it changes nothing: the prompt is admitted and its turn comes. Thread-safe.
 */
public interface Turn {
    /**
     * The prompt's id as an input.
     *
     * @return the id, by which {@link Session#inputStatus} answers; {@link InputId#UNKNOWN} if a remote
     *     server does not tell
     */
    InputId inputId();

    /**
     * Waits for the end of the turn.
     *
     * @param timeout how long to wait at most
     * @return the outcome, or empty if the timeout passed first
     * @throws InterruptedException if the waiting thread is interrupted; the turn goes on
     * @throws MeerkatClosedException if the runtime was closed before the turn ended; it is taken up
     *     again when the store is opened again
     */
    Optional<TurnOutcome> await(Duration timeout) throws InterruptedException;

    /**
     * The end of the turn, for composition.
     *
     * @return a stage that only the turn completes, on the executor of the runtime
     */
    CompletionStage<TurnOutcome> completion();
}
