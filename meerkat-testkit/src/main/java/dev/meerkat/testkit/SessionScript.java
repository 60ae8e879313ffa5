package dev.meerkat.testkit;

import dev.meerkat.api.AdmittedInput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a {@link ScriptedAgent} expects of one session, in order, or of any session, in any
 * order. Thread-safe.
 */
public final class SessionScript {
    private final ScriptedAgent agent;
    private final String who;
    private final boolean ordered;

    /** Not yet consumed; guarded by the lock of the agent. */
    private final List<TurnScript> open = new ArrayList<>();

    SessionScript(ScriptedAgent agent, String who, boolean ordered) {
        this.agent = agent;
        this.who = who;
        this.ordered = ordered;
    }

    /**
     * Expects a call with just these inputs.
     *
     * @param inputs one pattern per input, in order of admission
     * @return the call's script, to say what it does
     */
    public TurnScript expect(InputPattern... inputs) {
        List<InputPattern> patterns = List.of(inputs);
        return add(patterns.toString(), actual -> InputPattern.allMatch(patterns, actual));
    }

    /**
     * Expects a call with any inputs.
     *
     * @return the call's script, to say what it does
     */
    public TurnScript expectAny() {
        return add("any inputs", actual -> true);
    }

    /**
     * Expects a call whose inputs a condition holds for.
     *
     * @param condition looks at all inputs; quick
     * @return the call's script, to say what it does
     */
    public TurnScript expect(Predicate<List<AdmittedInput>> condition) {
        return add("inputs that fit a condition", condition);
    }

    private TurnScript add(String expected, Predicate<List<AdmittedInput>> condition) {
        TurnScript script = new TurnScript(this, expected, condition);
        agent.locked(() -> open.add(script));
        return script;
    }

    /** With the agent's lock held: takes the script that a call matches, or null. */
    @Nullable
    TurnScript take(List<AdmittedInput> inputs) {
        TurnScript match = open.stream()
                .limit(ordered ? 1 : Long.MAX_VALUE)
                .filter(script -> script.matches(inputs))
                .findFirst()
                .orElse(null);
        if (match != null && match.consume()) {
            open.remove(match);
        }
        return match;
    }

    /** With the agent's lock held: what is still expected. */
    List<String> unconsumed() {
        return open.stream().map(script -> who + ": " + script).toList();
    }

    ScriptedAgent agent() {
        return agent;
    }
}
