package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A handle on the turn that a prompt starts; {@code turn/start} on the wire. Each prompt has a turn of
 * its own, which messages and events may join, and no other prompt.
 *
 * <p>Dropping it changes nothing: the prompt is admitted and its turn comes. Thread-safe.
 */
public interface Turn {
    /**
     * The prompt's id as an input.
     *
     * @return the id, by which {@link Session#inputStatus} answers, or empty if a remote server does not tell it
     */
    Optional<InputId> inputId();

    /**
     * The turn's own id, which {@link Session#interrupt(TurnId)} takes and the events of the turn carry.
     *
     * @return the id, or empty while this handle does not know it: before the turn begins, and with a remote server until
     *     it has told it, at the latest with the end; some servers never tell it
     */
    Optional<TurnId> turnId();

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

    /**
     * Takes the prompt back, and nothing else. A turn that runs is interrupted. Messages and events that
     * it had taken up, and that no committed step has consumed, go back to where they waited; then the
     * messages of the running step are not sent, since the next turn handles those inputs again. A prompt that
     * still waits ends as {@link TurnOutcome.Interrupted} when its place comes, without a call of the
     * agent; after the end it does nothing. The JSON-RPC notification {@code cancel} or {@code POST /requests/{id}/cancel}
     * on the wire. Returns without waiting for the end: whether it came in time shows in the outcome.
     * The wish is not stored: a prompt that waits when the runtime is closed is handled by the next one.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    void cancel() throws InterruptedException;
}
