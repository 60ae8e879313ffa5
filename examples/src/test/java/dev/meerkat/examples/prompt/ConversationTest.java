package dev.meerkat.examples.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.MeerkatExtension;
import dev.meerkat.testkit.MeerkatHarness;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MeerkatExtension.class)
class ConversationTest {
    private final List<List<Conversation.Message>> seen = new ArrayList<>();

    @Test
    void aTurnThatGoesOnAfterACrashReadsEveryInputOnceAndItsToolCallOnce(MeerkatHarness harness)
            throws InterruptedException {
        Agent agent = turn -> {
            seen.add(Conversation.of(turn));
            turn.tool("look_up", Json.NULL, key -> Json.of(42));
            turn.safePoint();
            seen.add(Conversation.of(turn));
            if (turn.attempt() == 1) {
                throw new IllegalStateException("the model is away");
            }
            return "it is 42";
        };
        harness.answeredBy(agent);
        harness.meerkat().create(SessionSpec.ofPrompt("What is it?").withKeepAliveAs("agent-a"));
        harness.settle();
        harness.advance(java.time.Duration.ofMinutes(1));

        Conversation.Message prompt = new Conversation.Message("user", "What is it?");
        Conversation.Message result = new Conversation.Message("tool", "look_up: 42");
        assertThat(seen.get(0)).containsExactly(prompt);
        assertThat(seen.subList(1, seen.size()))
                .hasSize(3)
                .allSatisfy(messages -> assertThat(messages).containsExactly(prompt, result));
    }
}
