package dev.meerkat.core.agent;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * An agent per kind of session. The first rule that fits a session gives its agent. The rules are asked at each turn, so a
 * session that an earlier program created is answered by the agent that this one has for it.
 *
 * <pre>{@code
 * Agent agents = AgentRouter.create()
 *         .byName("build-*", builder)
 *         .byLabel("role", "triage", triage)
 *         .otherwise(assistant);
 * }</pre>
 *
 * <p>A session that no rule fits is refused at its turn, as a {@link PermanentFailureException} with the code {@code
 * no_agent}: its prompt fails, and its other inputs are dead letters, to be redriven once there is an agent.
 *
 * <p>Immutable and thread-safe.
 */
public final class AgentRouter implements Agent {
    private final List<Rule> rules;
    private final Optional<Agent> otherwise;

    private record Rule(Predicate<SessionSnapshot> fits, Agent agent) {}

    private AgentRouter(List<Rule> rules, Optional<Agent> otherwise) {
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
    }

    /** {@return a router without rules, which refuses all} */
    public static AgentRouter create() {
        return new AgentRouter(List.of(), Optional.empty());
    }

    /**
     * For sessions by their comms name.
     *
     * @param pattern a name, in which {@code *} stands for any characters, none included
     * @param agent answers them
     * @return a changed copy, with this rule last
     */
    public AgentRouter byName(String pattern, Agent agent) {
        Pattern names = Pattern.compile(("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q"), Pattern.DOTALL);
        return when(
                session -> session.commsName()
                        .filter(name -> names.matcher(name).matches())
                        .isPresent(),
                agent);
    }

    /**
     * For sessions by a label.
     *
     * @param label the label
     * @param value its value
     * @param agent answers them
     * @return a changed copy, with this rule last
     */
    public AgentRouter byLabel(String label, String value, Agent agent) {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(value, "value");
        return when(session -> value.equals(session.labels().get(label)), agent);
    }

    /**
     * For sessions by anything, such as the model of their spec.
     *
     * @param fits says of a session whether the rule fits; thread-safe
     * @param agent answers them
     * @return a changed copy, with this rule last
     */
    public AgentRouter when(Predicate<SessionSnapshot> fits, Agent agent) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(new Rule(Objects.requireNonNull(fits, "fits"), Objects.requireNonNull(agent, "agent")));
        return new AgentRouter(more, otherwise);
    }

    /**
     * For all other sessions.
     *
     * @param agent answers them
     * @return a changed copy
     */
    public AgentRouter otherwise(Agent agent) {
        return new AgentRouter(rules, Optional.of(agent));
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        SessionSnapshot session = turn.session();
        for (Rule rule : rules) {
            if (rule.fits.test(session)) {
                return rule.agent.answer(turn);
            }
        }
        if (otherwise.isPresent()) {
            return otherwise.get().answer(turn);
        }
        String message = "no agent is there for session "
                + session.commsName().orElse(session.id().toString()) + " with labels " + session.labels();
        throw new FailedException("no_agent", message, new PermanentFailureException(message, null));
    }
}
