package dev.meerkat.testkit;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Usage;
import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What a {@link ScriptedModel} does in one call, in order. Thread-safe. */
public final class ModelScript {
    private final ScriptedModel owner;
    private final @Nullable Scheduler time;
    private final String where = CallSite.outside(ModelScript.class, ScriptedModel.class);
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private volatile int tools;

    ModelScript(ScriptedModel owner, @Nullable Scheduler time) {
        this.owner = owner;
        this.time = time;
    }

    /** Something that the model does. */
    private interface Step {
        /** Does it; false if it runs the rest later. */
        boolean play(ChatModel.Listener listener, Runnable rest);
    }

    /**
     * Says a text.
     *
     * @param pieces the pieces in which it comes
     * @return this
     */
    public ModelScript text(String... pieces) {
        for (String piece : pieces) {
            delta(new ChatDelta.Text(piece));
        }
        return this;
    }

    /**
     * Reasons.
     *
     * @param pieces the pieces in which it comes
     * @return this
     */
    public ModelScript reasoning(String... pieces) {
        for (String piece : pieces) {
            delta(new ChatDelta.Reasoning(piece));
        }
        return this;
    }

    /**
     * Asks for a tool, in two pieces. Its id is {@code call_} and its number in the answer, from 0.
     *
     * @param name the tool's name
     * @param arguments what the model writes as arguments; need not be JSON
     * @return this
     */
    public ModelScript tool(String name, String arguments) {
        int index = tools;
        tools = index + 1;
        int half = arguments.length() / 2;
        return delta(new ChatDelta.ToolCallPart(index, "call_" + index, name, arguments.substring(0, half)))
                .delta(new ChatDelta.ToolCallPart(index, "", "", arguments.substring(half)));
    }

    /**
     * Tells what the call used.
     *
     * @param inputTokens tokens read
     * @param outputTokens tokens written
     * @return this
     */
    public ModelScript usage(long inputTokens, long outputTokens) {
        return delta(new ChatDelta.Used(new Usage(inputTokens, outputTokens)));
    }

    /**
     * Says any delta.
     *
     * @param delta what the model adds
     * @return this
     */
    public ModelScript delta(ChatDelta delta) {
        return step((listener, rest) -> {
            listener.onDelta(delta);
            return true;
        });
    }

    /**
     * Stops at a gate until the test opens it. No thread waits there, so {@link Gate#pass} has no part in it.
     *
     * @param gate the gate
     * @return this
     */
    public ModelScript gate(Gate gate) {
        return step((listener, rest) -> gate.reached(rest));
    }

    /**
     * Goes on when the clock has moved on that far.
     *
     * @param delay how far
     * @return this
     * @throws IllegalStateException if the model has no clock, see {@link ScriptedModel#create(Scheduler)}
     */
    public ModelScript delay(Duration delay) {
        Scheduler clock = time;
        if (clock == null) {
            throw new IllegalStateException("a model with delays needs a clock: use ScriptedModel.create(time)");
        }
        return step((listener, rest) -> {
            Scheduler.Cancellation unused = clock.schedule(delay, rest);
            return false;
        });
    }

    /**
     * Ends the answer, because the model is done or asks for tools.
     *
     * @return the model, to go on with
     */
    public ScriptedModel end() {
        return end(tools == 0 ? FinishReason.STOP : FinishReason.TOOL_CALLS);
    }

    /**
     * Ends the answer.
     *
     * @param reason why the model stopped
     * @return the model, to go on with
     */
    public ScriptedModel end(FinishReason reason) {
        return delta(new ChatDelta.Finished(reason)).cutShort();
    }

    /**
     * Ends without a reason: the answer was cut short.
     *
     * @return the model, to go on with
     */
    public ScriptedModel cutShort() {
        return then(ChatModel.Listener::onComplete);
    }

    /**
     * Fails the call.
     *
     * @param failure such as a {@link dev.meerkat.agent.ModelException}
     * @return the model, to go on with
     */
    public ScriptedModel fail(Throwable failure) {
        return then(listener -> listener.onError(failure));
    }

    /**
     * Says nothing more, and does not end.
     *
     * @return the model, to go on with
     */
    public ScriptedModel silence() {
        return owner;
    }

    /**
     * Does anything else.
     *
     * @param script what to do
     * @return the model, to go on with
     */
    public ScriptedModel then(ScriptedModel.Script script) {
        step((listener, rest) -> {
            script.run(listener);
            return true;
        });
        return owner;
    }

    private ModelScript step(Step step) {
        steps.add(step);
        return this;
    }

    void play(Exchange call) {
        go(call, steps.iterator());
    }

    /** What a cancelled call would say is still said, as by a provider whose connection closes late. */
    private static void go(Exchange call, Iterator<Step> left) {
        while (left.hasNext()) {
            if (!left.next().play(call, () -> go(call, left))) {
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "script at " + where;
    }
}
