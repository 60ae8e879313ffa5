package dev.meerkat.springboot.test;

import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.springboot.MeerkatAgent;
import org.springframework.stereotype.Component;

/** An agent of the application. */
@Component
@MeerkatAgent(name = "greeter")
class Greeter implements Agent {
    @Override
    public String answer(TurnContext turn) {
        return "good day";
    }
}
