package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;

/**
 * The events of one session, in order, from a cursor on.
 *
 * <p>What is in the log is read from the log, so a slow reader loses none of it and slows nobody.
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
     */
    Optional<SessionEvent> next(Duration timeout) throws InterruptedException;

    /**
     * Where to go on from.
     *
     * @return the cursor of the newest event that {@link #next} returned
     */
    Cursor position();

    /**
     * Whether nothing more will come.
     *
     * @return true after the event of the session's archiving was returned, or after {@link #close()}
     */
    boolean ended();

    /** Stops watching and wakes a waiting reader. Does nothing if already closed. */
    @Override
    void close();
}
