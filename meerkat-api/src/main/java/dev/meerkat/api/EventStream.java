package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;

/**
 * The events of one session, in order, from a cursor on.
 *
 * <p>The stream reads logged events from the log, so a slow reader loses none of them and slows no one.
 * Live events (text deltas, started tool calls) are buffered up to a bound; what does not fit is
 * reported as a {@link SessionEvent.Gap}. Closing the stream stops watching, never the agent. One
 * reader at a time; {@link #close()} may be called from any thread.
 */
public interface EventStream extends AutoCloseable {
    /**
     * Waits for the next event.
     *
     * @param timeout how long to wait at most, zero for not at all
     * @return the event, or empty if the timeout passed first or the stream has ended
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws MeerkatClosedException if the runtime was closed
     * @throws MeerkatException if the events cannot be had now, such as from a server that has been gone for longer
     *     than is borne silently; unless {@link #ended()} says so, the stream is not over, and a later call goes on
     */
    Optional<SessionEvent> next(Duration timeout) throws InterruptedException;

    /** {@return where to go on from: the cursor of the newest event that {@link #next} returned} */
    Cursor position();

    /**
     * {@return whether nothing more will come: after the event of the session's archiving was returned, or {@link
     * #close()}}
     */
    boolean ended();

    /**
     * Has a task run once, when the Meerkat of this stream is closed; at once, by the calling thread, if it is closed
     * already. For a reader that does not wait in {@link #next} just now. A stream that was closed itself runs nothing.
     * Streams that cannot tell, such as those of tests, never run it, which is what the default does.
     *
     * @param task run by any thread; must neither block nor throw; replaces one that was given before
     */
    default void whenMeerkatCloses(Runnable task) {}

    /** Stops watching and wakes a waiting reader. Does nothing if already closed. */
    @Override
    void close();
}
