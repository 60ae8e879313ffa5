package dev.meerkat.examples.remote;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.util.ArrayList;
import java.util.List;

/** Answers for sessions in this process; on a server, the server's own agents do. */
final class HelpfulAgent implements Agent {
    @Override
    public String answer(TurnContext turn) {
        List<String> seen = new ArrayList<>();
        for (AdmittedInput input : turn.inputs()) {
            seen.add(name(input.body()));
        }
        return "I have seen " + String.join(" and ", seen) + ".";
    }

    private static String name(InputBody body) {
        if (body instanceof InputBody.Prompt) {
            return "a prompt";
        } else if (body instanceof InputBody.Local local) {
            return "the input \"" + local.command().body() + "\"";
        } else if (body instanceof InputBody.PeerMessage message) {
            return "a message from " + message.from().name();
        } else if (body instanceof InputBody.External external) {
            return "the event " + external.event().eventType();
        } else {
            return "something else";
        }
    }
}
