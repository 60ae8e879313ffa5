package dev.meerkat.examples;

// snippet: hello
import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;

public final class HelloMeerkat {
    public static void main(String[] args) throws InterruptedException {
        Agent agent = turn -> "seen " + turn.inputs().size() + " input";
        try (Meerkat meerkat = MeerkatRuntime.of(agent).open()) {
            SessionSpec spec = SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a");
            Session session = meerkat.create(spec);
            Turn turn = session.initialTurn().orElseThrow();
            System.out.println(turn.await(Duration.ofSeconds(10)).orElseThrow());
        }
    }
}
// end
