package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.ClientTools;
import java.util.Map;

/** The agents that can be named on the command line. */
final class Agents {
    private static final Map<String, Kind> KINDS = Map.of(
            "chat",
            (argument, model, surroundings, tools) -> chat(argument, model, surroundings, tools),
            "echo",
            (argument, model, surroundings, tools) -> {
                model.refuseFor("--agent echo");
                return EchoAgent.of(argument, tools);
            },
            "exec",
            (argument, model, surroundings, tools) -> {
                model.refuseFor("--agent exec");
                return exec(argument, surroundings);
            });

    private Agents() {}

    /** A kind of agent. */
    @FunctionalInterface
    interface Kind {
        /**
         * Makes an agent.
         *
         * @param argument what was given behind the kind's name and a colon, may be empty
         * @param model what was said of a model
         * @param surroundings what the command meets outside
         * @param tools the tools that clients bring along
         * @throws InvalidFieldException if the argument cannot be
         */
        Agent create(String argument, ModelOptions model, Surroundings surroundings, ClientTools tools);
    }

    /** The agent of a text such as {@code echo} or {@code exec:./answer.sh}. */
    static Agent of(String text, ModelOptions model, Surroundings surroundings, ClientTools tools) {
        int colon = text.indexOf(':');
        Kind kind = KINDS.get(colon < 0 ? text : text.substring(0, colon));
        if (kind == null) {
            throw new InvalidFieldException("--agent", text, "must be echo, chat or exec:COMMAND");
        }
        return kind.create(colon < 0 ? "" : text.substring(colon + 1), model, surroundings, tools);
    }

    private static Agent chat(String argument, ModelOptions model, Surroundings surroundings, ClientTools tools) {
        if (!argument.isEmpty()) {
            throw new InvalidFieldException("--agent", "chat:" + argument, "must be chat; the model is --model NAME");
        }
        return new ModelAgent(model.create(surroundings), tools);
    }

    private static Agent exec(String command, Surroundings surroundings) {
        String searchPath = surroundings.variable("PATH").orElse("/usr/bin:/bin");
        return new ExecAgent(ExecCommand.parse(command, searchPath), surroundings.programs());
    }
}
