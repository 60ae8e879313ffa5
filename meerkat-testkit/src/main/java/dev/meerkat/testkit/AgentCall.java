package dev.meerkat.testkit;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.agent.TurnContext;
import java.util.List;
import java.util.Optional;

/**
 * What one call of an agent saw.
 *
 * @param session the session
 * @param commsName its name among peers, or empty
 * @param turnId the turn
 * @param attempt which attempt at the turn, from 1
 * @param step how many steps of the turn were committed
 * @param inputs what it was to answer
 * @param transcriptSize entries of the committed transcript
 */
public record AgentCall(
        SessionId session,
        Optional<String> commsName,
        TurnId turnId,
        int attempt,
        int step,
        List<AdmittedInput> inputs,
        long transcriptSize) {
    /** Copies the inputs. */
    public AgentCall {
        inputs = List.copyOf(inputs);
    }

    /**
     * Takes down a call.
     *
     * @param turn the call's context
     * @return what it sees now
     */
    public static AgentCall of(TurnContext turn) {
        return new AgentCall(
                turn.session().id(),
                turn.session().commsName(),
                turn.turnId(),
                turn.attempt(),
                turn.step(),
                turn.inputs(),
                turn.history(0, 1).messageCount());
    }

    /** The session's name, or its id if it has none. */
    String who() {
        return commsName.orElse(session.toString());
    }

    @Override
    public String toString() {
        return "call of " + who() + " (turn " + turnId + ", attempt " + attempt + ", step " + step + ") with "
                + InputPattern.describe(inputs);
    }
}
