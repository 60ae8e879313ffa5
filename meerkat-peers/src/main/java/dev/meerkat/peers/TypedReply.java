package dev.meerkat.peers;

import dev.meerkat.api.RequestId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A handle on the answer to a request of a {@link TypedPeer}. Keep its {@link #requestId} to have it again after a
 * restart. Thread-safe.
 *
 * @param <R> what the method gives; {@code Void} for nothing
 */
public interface TypedReply<R> {
    /**
     * The request.
     *
     * @return its id
     */
    RequestId requestId();

    /**
     * Waits for the answer.
     *
     * @param timeout how long to wait at most
     * @return what the peer answered; null for {@code Void}
     * @throws NoReplyException if none comes in time; the request stays open
     * @throws IntentFailedException if the peer answered with a failure
     * @throws InterruptedException if interrupted while waiting; the request stays open
     */
    R await(Duration timeout) throws InterruptedException;

    /**
     * The answer, for composition.
     *
     * @return a stage that only the answer completes; it fails with {@link IntentFailedException}
     */
    CompletionStage<R> completion();

    /**
     * For implementations of an interface: an answer that is there already.
     *
     * @param <R> what it is
     * @param value the answer
     * @return a handle without a request
     */
    static <R> TypedReply<R> of(R value) {
        return new KnownReply<>(value);
    }
}
