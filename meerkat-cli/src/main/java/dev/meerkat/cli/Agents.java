package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.ClientTools;
import java.util.Map;

/** The agents that can be named on the command line. */
final class Agents {
    private static final Map<String, Kind> KINDS =
            Map.of("echo", EchoAgent::of, "exec", (argument, tools) -> new ExecAgent(ExecCommand.parse(argument)));

    private Agents() {}

    /** A kind of agent. */
    @FunctionalInterface
    interface Kind {
        /**
         * Makes an agent.
         *
         * @param argument what was given behind the kind's name and a colon, may be empty
         * @param tools the tools that clients bring along
         * @throws InvalidFieldException if the argument cannot be
         */
        Agent create(String argument, ClientTools tools);
    }

    /** The agent of a text such as {@code echo} or {@code exec:./answer.sh}. */
    static Agent of(String text, ClientTools tools) {
        int colon = text.indexOf(':');
        Kind kind = KINDS.get(colon < 0 ? text : text.substring(0, colon));
        if (kind == null) {
            throw new InvalidFieldException("--agent", text, "must be echo or exec:COMMAND");
        }
        return kind.create(colon < 0 ? "" : text.substring(colon + 1), tools);
    }
}
