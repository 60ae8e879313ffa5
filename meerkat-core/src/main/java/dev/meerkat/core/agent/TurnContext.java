package dev.meerkat.core.agent;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TurnId;
import java.util.List;

/**
 * What an agent sees of, and can do during, one call of {@link Agent#answer}.
 *
 * <p>Confined to the thread that runs the agent, except {@link #interrupted()}. After the agent
 * returned, every method throws {@link IllegalStateException}.
 */
public interface TurnContext {
    /**
     * The turn; the same on every attempt.
     *
     * @return its id
     */
    TurnId turnId();

    /**
     * Which attempt at the turn this is.
     *
     * @return 1 for the first
     */
    int attempt();

    /**
     * Which step of the turn runs.
     *
     * @return how many steps of this turn are committed
     */
    int step();

    /**
     * The session as the turn found it.
     *
     * @return a snapshot
     */
    SessionSnapshot session();

    /**
     * What this call is to answer, in order of admission. When a turn goes on after a crash, this
     * includes what its committed steps consumed since the agent was called.
     *
     * @return unmodifiable
     */
    List<AdmittedInput> inputs();

    /**
     * Reads the committed transcript.
     *
     * @param offset how many entries to pass over
     * @param limit how many to return at most
     * @return a page
     */
    HistoryPage history(long offset, int limit);

    /**
     * Streams a piece of the answer to those who watch. The answer that counts is what the agent
     * returns.
     *
     * @param delta the text to append
     */
    void emit(String delta);

    /**
     * Whether the turn was asked to stop. An agent that takes long should look, or wait in ways that
     * thread interruption ends.
     *
     * @return true from the interrupt on
     */
    boolean interrupted();

    /**
     * Ends the step here: everything so far is committed and will not be done again, outgoing
     * messages leave, and steered inputs enter. A step in which nothing was done is neither committed
     * nor counted.
     *
     * @return the steered inputs that entered, in order of admission; often empty
     * @throws InterruptedException if the turn was interrupted
     */
    List<AdmittedInput> safePoint() throws InterruptedException;

    /**
     * Runs a tool and records the call in transcript and events. When the agent is called again for
     * the turn, a call that a committed step holds is not made again: its recorded result is returned.
     *
     * @param name the tool's name
     * @param arguments any JSON
     * @param tool does the work; what it throws is recorded as the call's failure and thrown on
     * @return the tool's result
     * @throws Exception what the tool threw
     */
    Json tool(String name, Json arguments, Tool tool) throws Exception;

    /**
     * The comms tools.
     *
     * @return for this turn
     */
    TurnComms comms();

    /** A tool's work. */
    @FunctionalInterface
    interface Tool {
        /**
         * Does the work.
         *
         * @param key stable for this tool, these arguments and how often the agent has called it with
         *     them in this turn, also when the step is run again: hand it to the outside system as its
         *     idempotency key
         * @return the result, any JSON
         * @throws Exception any failure
         */
        Json run(String key) throws Exception;
    }
}
