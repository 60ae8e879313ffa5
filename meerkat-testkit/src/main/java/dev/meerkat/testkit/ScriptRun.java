package dev.meerkat.testkit;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.core.agent.TurnContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One run of a script: the turn, what was emitted, and all inputs that it has seen. */
final class ScriptRun {
    /** One action of a script. */
    @FunctionalInterface
    interface Step {
        void run(ScriptRun run) throws Exception;
    }

    final TurnContext turn;
    private final StringBuilder emitted = new StringBuilder();
    private final List<AdmittedInput> inputs;

    ScriptRun(TurnContext turn) {
        this.turn = turn;
        this.inputs = new ArrayList<>(turn.inputs());
    }

    void emit(String delta) {
        turn.emit(delta);
        emitted.append(delta);
    }

    String emitted() {
        return emitted.toString();
    }

    List<AdmittedInput> safePoint() throws InterruptedException {
        List<AdmittedInput> steered = turn.safePoint();
        inputs.addAll(steered);
        return steered;
    }

    AdmittedInput newestFromPeer() {
        return newest("from a peer", input -> input.body() instanceof InputBody.FromPeer);
    }

    AdmittedInput newestRequest() {
        return newest("that is a request", input -> input.body() instanceof InputBody.PeerRequest);
    }

    private AdmittedInput newest(String what, Predicate<AdmittedInput> condition) {
        for (int i = inputs.size() - 1; i >= 0; i--) {
            if (condition.test(inputs.get(i))) {
                return inputs.get(i);
            }
        }
        throw new IllegalStateException(
                "the script answers an input " + what + ", but the turn has " + InputPattern.describe(inputs));
    }
}
