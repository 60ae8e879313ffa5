package dev.meerkat.core.agent;

/**
 * Answers the turns of sessions. A lambda is enough: {@code turn -> "seen " + turn.inputs().size()}.
 *
 * <p>The runtime calls it on a thread of its own per running turn, never twice at once for one
 * session, and for many sessions at once; it must be thread-safe if it has state. It may block. It
 * may be called again for the same turn, after a failure or a crash: what it does outside the
 * runtime since the last committed step may happen again, see {@link TurnContext#tool}.
 */
@FunctionalInterface
public interface Agent {
    /**
     * Answers the inputs of a turn.
     *
     * @param turn the inputs, the transcript, and what may be done during the turn; valid until this
     *     returns
     * @return the answer's text, may be empty, never null
     * @throws InterruptedException if the turn was interrupted while it waited; the turn then ends as
     *     interrupted
     * @throws Exception any failure; it fails this attempt, and the runtime's retry policy decides
     */
    String answer(TurnContext turn) throws Exception;
}
