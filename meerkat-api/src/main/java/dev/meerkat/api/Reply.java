package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A handle on the reply to a request.
 *
 * <p>The correlation is stored: {@link Session#reply} gives the handle again, also after a restart.
 * Thread-safe.
 */
public interface Reply {
    /** {@return the id of the request} */
    RequestId requestId();

    /**
     * Waits for the terminal response.
     *
     * @param timeout how long to wait at most
     * @return the reply, or empty if the timeout passed first; the request stays open then
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws RequestCycleException within a turn, if the peer's turn waits, directly or through others, for
     *     a reply of this session, so that this one could not come; the request stays open
     * @throws NotDoneException within a turn, if the request was given up before its peer had it: the peer is gone, or had no room
     *     for it in its time to live. The code is that of the {@link SessionEvent.PeerSendFailed} in the log
     * @throws MeerkatClosedException if the runtime is closed before the reply came
     */
    Optional<PeerReply> await(Duration timeout) throws InterruptedException;

    /**
     * The reply, for composition. Where the thread of a turn waits for it, as in {@code
     * completion().toCompletableFuture().get()}, or for a stage that was made of this one alone, that is a wait as {@link
     * #await} is: the request leaves first, and {@link RequestCycleException} is thrown where {@code await} would throw it.
     *
     * @return a stage that the reply completes, on the executor of the runtime
     */
    CompletionStage<PeerReply> completion();
}
