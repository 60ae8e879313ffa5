package dev.meerkat.testkit;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerReply;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One expected call of a {@link ScriptedAgent}: what its inputs are to be, and what it does, in order.
 *
 * <p>{@code answer} and {@code fail} end it; one without an end answers what it emitted. Thread-safe.
 */
public final class TurnScript {
    private final SessionScript owner;
    private final String expected;
    private final Predicate<List<AdmittedInput>> condition;
    private final String where;
    private final List<ScriptRun.Step> steps = new CopyOnWriteArrayList<>();
    private volatile @Nullable Agent end;

    /** How many calls it still expects; guarded by the lock of the agent. */
    private int left = 1;

    TurnScript(SessionScript owner, String expected, Predicate<List<AdmittedInput>> condition) {
        this.owner = owner;
        this.expected = expected;
        this.condition = condition;
        this.where = CallSite.outside(TurnScript.class, SessionScript.class, ScriptedAgent.class);
    }

    /** Something that an agent does during a turn. */
    @FunctionalInterface
    public interface Action {
        /**
         * Does it.
         *
         * @param turn the turn
         * @throws Exception any failure, which fails the turn's attempt
         */
        void run(TurnContext turn) throws Exception;
    }

    /**
     * Expects that many such calls, one after another, instead of one.
     *
     * @param calls at least 1
     * @return this
     */
    public TurnScript times(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("calls must be at least 1: " + calls);
        }
        owner.agent().locked(() -> left = calls);
        return this;
    }

    /**
     * Streams pieces of the answer.
     *
     * @param deltas the pieces
     * @return this
     */
    public TurnScript emit(String... deltas) {
        List<String> pieces = List.of(deltas);
        return then(run -> pieces.forEach(run::emit));
    }

    /**
     * Waits at a gate of the agent until the test opens it.
     *
     * @param name the gate's name, see {@link ScriptedAgent#gate}
     * @return this
     */
    public TurnScript gate(String name) {
        Gate gate = owner.agent().gate(name);
        return then(run -> gate.pass());
    }

    /**
     * Ends the step; steered inputs may enter.
     *
     * @return this
     */
    public TurnScript safePoint() {
        return then(ScriptRun::safePoint);
    }

    /**
     * Ends the step, and fails the turn unless just these steered inputs enter.
     *
     * @param steered what is to enter, in order
     * @return this
     */
    public TurnScript safePointTaking(InputPattern... steered) {
        List<InputPattern> patterns = List.of(steered);
        return then(run -> {
            List<AdmittedInput> inputs = run.safePoint();
            if (!InputPattern.allMatch(patterns, inputs)) {
                throw owner.agent()
                        .unexpected("safe point of the script at " + where + " expected " + patterns
                                + " to enter, but there came " + InputPattern.describe(inputs));
            }
        });
    }

    /**
     * Calls a tool that returns at once.
     *
     * @param name the tool's name
     * @param arguments any JSON
     * @param result any JSON
     * @return this
     */
    public TurnScript tool(String name, Json arguments, Json result) {
        return tool(name, arguments, key -> result);
    }

    /**
     * Calls a tool.
     *
     * @param name the tool's name
     * @param arguments any JSON
     * @param tool does the work; what it throws fails the turn's attempt
     * @return this
     */
    public TurnScript tool(String name, Json arguments, TurnContext.Tool tool) {
        return then(run -> run.turn.tool(name, arguments, tool));
    }

    /**
     * Sends a command.
     *
     * @param command the command
     * @return this
     */
    public TurnScript send(CommsCommand<?> command) {
        return then(run -> run.turn.comms().send(command));
    }

    /**
     * Answers the newest input that is from a peer with a message.
     *
     * @param body the text
     * @return this
     */
    public TurnScript reply(String body) {
        return then(run -> run.turn.comms().reply(run.newestFromPeer(), body));
    }

    /**
     * Completes the newest request.
     *
     * @param result any JSON
     * @return this
     */
    public TurnScript respond(Json result) {
        return then(run -> run.turn.comms().respond(run.newestRequest(), result));
    }

    /**
     * Sends a request and waits for its reply; the turn fails if none comes in time.
     *
     * @param request the request
     * @param timeout how long to wait at most
     * @param check looks at the reply
     * @return this
     */
    public TurnScript request(CommsCommand.PeerRequest request, Duration timeout, Consumer<PeerReply> check) {
        return then(run -> check.accept(run.turn
                .comms()
                .request(request)
                .await(timeout)
                .orElseThrow(
                        () -> new FailedException("no_reply", "no reply to " + request.intent() + " came", null))));
    }

    /**
     * Waits until the clock of the test has moved on.
     *
     * @param time how far
     * @return this
     */
    public TurnScript delay(Duration time) {
        return then(run -> owner.agent().time().sleep(time));
    }

    /**
     * Lets other sessions go first, on a {@link SerialTurnExecutor}.
     *
     * @return this
     */
    public TurnScript yieldTurn() {
        return then(run -> SerialTurnExecutor.yieldTurn());
    }

    /**
     * Does anything else.
     *
     * @param action what to do
     * @return this
     */
    public TurnScript run(Action action) {
        return then(run -> action.run(run.turn));
    }

    /**
     * Answers a text.
     *
     * @param text the answer
     * @return the session's scripts, to go on with
     */
    public SessionScript answer(String text) {
        return answer(turn -> text);
    }

    /**
     * Answers what {@link #emit} has streamed, joined.
     *
     * @return the session's scripts, to go on with
     */
    public SessionScript answer() {
        end = null;
        return owner;
    }

    /**
     * Answers what another agent says.
     *
     * @param agent called at the end of the script
     * @return the session's scripts, to go on with
     */
    public SessionScript answer(Agent agent) {
        end = agent;
        return owner;
    }

    /**
     * Fails.
     *
     * @param failure thrown as it is
     * @return the session's scripts, to go on with
     */
    public SessionScript fail(Exception failure) {
        return answer(turn -> {
            throw failure;
        });
    }

    private TurnScript then(ScriptRun.Step step) {
        steps.add(step);
        return this;
    }

    boolean matches(List<AdmittedInput> inputs) {
        return condition.test(inputs);
    }

    /** Takes up one of its calls; returns whether it expects no more. */
    boolean consume() {
        return --left == 0;
    }

    String play(TurnContext turn) throws Exception {
        ScriptRun run = new ScriptRun(turn);
        for (ScriptRun.Step step : steps) {
            step.run(run);
        }
        Agent last = end;
        return last == null ? run.emitted() : last.answer(turn);
    }

    @Override
    public String toString() {
        return expected + (left > 1 ? " " + left + " times" : "") + ", scripted at " + where;
    }
}
