package dev.meerkat.examples.springboot;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.springboot.MeerkatAgent;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who answers. No models here, so that it runs without a key: a ChatAgent with a model is an agent as well. */
@Configuration(proxyBeanMethods = false)
class Agents {
    // snippet: spring-boot-agents
    @Bean
    @MeerkatAgent(name = "triage")
    Agent triage() {
        return turn -> {
            int told = 0;
            for (AdmittedInput input : turn.inputs()) {
                if (input.body() instanceof InputBody.External external) {
                    String run = external.event()
                            .payload()
                            .at("/workflow_run/id")
                            .orElseThrow()
                            .text();
                    turn.comms().send(PeerMessage.to("owner", "Build " + run + " failed. Please look into it."));
                    told++;
                }
            }
            return "told the owner of " + told + " builds";
        };
    }

    @Bean
    @MeerkatAgent(name = "owner")
    Agent owner() {
        return turn -> {
            StringBuilder answer = new StringBuilder();
            for (AdmittedInput input : turn.inputs()) {
                if (input.body() instanceof InputBody.PeerMessage message) {
                    answer.append("I look into it: ")
                            .append(message.command().body())
                            .append('\n');
                } else if (input.body() instanceof InputBody.External note) {
                    answer.append("Noted: ")
                            .append(note.event().payload().text())
                            .append('\n');
                }
            }
            return answer.toString();
        };
    }
    // end

    /** The owner is there before the first webhook comes. */
    @Bean
    ApplicationRunner ownerSession(Meerkat meerkat) {
        return args ->
                meerkat.openOrCreate(SessionSpec.ofPrompt("You own the build.").withKeepAliveAs("owner"));
    }
}
