package dev.meerkat.core.agent;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Json;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What an agent sees of, and can do during, one call of {@link Agent#answer}.
 *
 * <p>Confined to the thread that runs the agent, except {@link #interrupted}, {@link #emit}, {@link #toolBegins} and
 * {@link #modelBegins}, which any thread may call. After the agent
 * returned, every method throws {@link IllegalStateException}.
 */
public interface TurnContext {
    /** The source of inputs with which a session wakes itself, and the name of the tool. */
    String WAKE_ME = "wake_me";

    /** {@return the id of the turn, the same on every attempt} */
    TurnId turnId();

    /** {@return which attempt at the turn this is, 1 for the first} */
    int attempt();

    /** {@return how many steps of this turn are committed} */
    int step();

    /** {@return the session's id, without a look at the session} */
    SessionId sessionId();

    /** {@return a snapshot of the session as the turn found it} */
    SessionSnapshot session();

    /**
     * What this call is to answer, in order of admission. When a turn goes on after a crash, this
     * includes what its committed steps consumed since the agent was called.
     *
     * @return unmodifiable
     */
    List<AdmittedInput> inputs();

    /**
     * The system prompt of the session. It is the first entry of its transcript, as long as that is not removed because it
     * is old.
     *
     * @return the text, or empty if there is none
     */
    default Optional<String> systemPrompt() {
        return Optional.empty();
    }

    /**
     * Reads the committed transcript.
     *
     * @param offset how many entries to pass over
     * @param limit how many to return at most
     * @return a page
     */
    HistoryPage history(long offset, int limit);

    /**
     * Streams a piece of the answer to the readers of events. The answer that counts is what the agent
     * returns. May be called from any thread.
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
     * Whether the time to live of an input has passed since it was taken up, by the runtime's clock. A response to such a
     * request is not delivered, as its requester was told that none came in time; the log tells so with {@link
     * dev.meerkat.api.SessionEvent.PeerSendFailed}.
     *
     * @param input an input of this turn
     * @return false if it has none
     */
    boolean isLate(AdmittedInput input);

    /** {@return what waits now beyond what this turn has taken up, so that an agent can hurry, or say so} */
    Backlog waiting();

    /**
     * Tells when a steered input waits that this turn has not taken up, so that an agent can give up what it does
     * for it. The next {@link #safePoint} takes it up; ask again afterwards.
     *
     * @return completes, on a thread of the runtime, when there is such an input; at once if there is one already
     */
    CompletionStage<?> steered();

    /**
     * Waits for what another thread does, such as the client of a model. A wait like this is known to the runtime's
     * {@link dev.meerkat.core.CooperativeExecutor}, and its limit is on the runtime's clock, so that a test can move on meanwhile.
     *
     * @param <T> what is waited for
     * @param result what is waited for; its value is not null
     * @param timeout how long at most
     * @return empty if it is not there in time
     * @throws ExecutionException if {@code result} failed
     * @throws InterruptedException if the turn was interrupted
     */
    <T> Optional<T> await(CompletableFuture<T> result, Duration timeout)
            throws InterruptedException, ExecutionException;

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
     * Goes on from the committed transcript instead of from the beginning: what committed steps of this
     * call have done counts as done, so that the next send or tool call is a new one, even if it equals
     * one of theirs. For agents that rebuild what they did from {@link #history}; call it before anything else.
     *
     * @return what committed steps of this call hold, in order; empty unless the turn goes on after a
     *     failure or a crash
     */
    List<TranscriptEntry> resume();

    /**
     * A tool call that a model asks for, with a key.
     *
     * @param id the model's own id of the call
     * @param name the tool's name
     * @param arguments any JSON
     * @return for {@link #modelStep}; its key is for the tool, as {@link Tool#run} has it
     */
    ToolRequest toolRequest(String id, String name, Json arguments);

    /**
     * Records what a model said and the tools that it asks for, and commits the step, before any of
     * these tools is called. So a turn that goes on after a crash finds the same calls with the same keys.
     * No steered inputs enter here.
     *
     * @param text what it said, may be empty
     * @param calls what it asks for, from {@link #toolRequest}
     * @throws InterruptedException if the turn was interrupted
     */
    void modelStep(String text, List<ToolRequest> calls) throws InterruptedException;

    /**
     * Records what came of a call of a {@link #modelStep}. The call itself is the agent's to make, on any
     * thread.
     *
     * @param call the call
     * @param result any JSON
     * @param failed whether the tool failed; the result then says why
     */
    void toolResult(ToolRequest call, Json result, boolean failed);

    /**
     * Tells the runtime's listeners that the call of a tool begins, on this thread, which may be any. {@link #tool} does
     * so itself.
     *
     * @param name the tool's name, which must be one that the agent has: it names a metric
     * @param key the key of the call
     * @return to be told of its end
     */
    default CallReport toolBegins(String name, String key) {
        return CallReport.NONE;
    }

    /**
     * Tells the runtime's listeners that the call of a model begins, on this thread, which may be any.
     *
     * @param provider who serves the model, such as {@code openai}, or null if that is not known
     * @param model the model's name, or null if that is not known
     * @return to be told of its end
     */
    default CallReport modelBegins(@Nullable String provider, @Nullable String model) {
        return CallReport.NONE;
    }

    /**
     * Adds to what the turn used of models. It is committed with the step, or with the failure of the
     * attempt, and its sum is told with the turn's outcome.
     *
     * @param usage what one call of a model used
     */
    void used(Usage usage);

    /**
     * Counts a call of a model. Calls of tools are counted by themselves.
     */
    void modelCalled();

    /** {@return what this turn has spent up to now, in all its attempts, or since its session was unparked} */
    Spent spentInTurn();

    /** {@return what the session's turns have spent up to now, since it was created or unparked} */
    Spent spentInSession();

    /**
     * Shortens what a model gets to read: a text stands for the beginning of the committed transcript from now on, as
     * {@link TranscriptEntry.Compacted} says. Commits the step. No steered inputs enter here.
     *
     * @param text a summary, or a notice of what was left out
     * @param upTo for how many entries it stands, at least 1; the caller sees to it that no tool call is before that
     *     and its result after
     * @throws dev.meerkat.api.InvalidFieldException if there are not so many committed entries
     * @throws InterruptedException if the turn was interrupted
     */
    void compact(String text, long upTo) throws InterruptedException;

    /**
     * Tells why the model ended its answer; told with the turn's outcome. The last one counts.
     *
     * @param reason the reason
     */
    void finished(FinishReason reason);

    /**
     * Lets this session get an input later, from source {@link #WAKE_ME}, as {@link dev.meerkat.api.Session#schedule} does.
     * It is recorded as the call of a tool of that name, and set at once: once in this turn for each call, also when the
     * step is run again.
     *
     * @param in how long from now, at least {@link dev.meerkat.core.RuntimeLimits.Sessions#scheduleGap}
     * @param note what the session is to read then
     * @return the schedule's id, which {@link dev.meerkat.api.Session#cancel} takes
     * @throws dev.meerkat.api.InvalidFieldException if the delay is out of range, or the note blank or too large
     * @throws dev.meerkat.api.TooManySchedulesException if the session has as many schedules as it may
     * @throws InterruptedException if the turn was interrupted
     * @throws Exception if the recorded call failed earlier, as {@link #tool} does
     */
    ScheduleId wakeMe(Duration in, String note) throws Exception;

    /**
     * The same for an agent that records the call itself.
     *
     * @param in how long from now
     * @param note what the session is to read then
     * @param key the key of the call: under it, the schedule is there once
     * @return the schedule
     * @throws InterruptedException if the turn was interrupted; otherwise as {@link #wakeMe(Duration, String)}
     */
    Schedule wakeMe(Duration in, String note, String key) throws InterruptedException;

    /** {@return the comms tools, for this turn} */
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
