package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.*;
import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.*;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelSnippetsTest {
    // snippet: chat-model
    /** A model that repeats what it read last; an adapter to a provider has the same shape. */
    static ChatModel.Call start(ChatRequest request, ChatModel.Listener listener) {
        ChatMessage last = request.messages().get(request.messages().size() - 1);
        String text = last instanceof ChatMessage.User user ? user.text() : "done";
        listener.onDelta(new ChatDelta.Text(text));
        listener.onDelta(new ChatDelta.Used(new Usage(text.length(), text.length())));
        listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
        listener.onComplete();
        return () -> {}; // closes the connection of a real call
    }
    // end

    @Test
    void aModelAnswersASession() throws InterruptedException {
        // snippet: chat-agent
        ChatTool clock = new ChatTool(
                "clock",
                "Tells the time in a zone.",
                Json.parse("{\"type\":\"object\",\"properties\":{\"zone\":{\"type\":\"string\"}}}"),
                (arguments, key) -> Json.of("noon"));
        ChatAgent agent = ChatAgent.of(ModelSnippetsTest::start)
                .tools(clock)
                .budget(Budget.UNLIMITED.withModelCalls(10).withToolCalls(20))
                .toolTimeout(Duration.ofSeconds(30));
        try (Meerkat meerkat = MeerkatRuntime.of(agent).open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Hello.").withSystemPrompt("Be brief."));
            System.out.println(session.initialTurn().orElseThrow().await(Duration.ofSeconds(30)));
        }
        // end
        // snippet: chat-agents
        ChatAgent careful = agent.sessionBudget(Budget.UNLIMITED.withTokens(1_000_000))
                .context(new ContextPolicy.Compact(200_000))
                .steering(ChatAgent.Steering.GIVE_UP_CALL)
                .idleTimeout(Duration.ofMinutes(1));
        Agent agents = AgentRouter.create()
                .byName("build-*", careful)
                .byLabel("role", "triage", agent)
                .otherwise(turn -> "nobody answers here");
        // end
        try (Meerkat meerkat = MeerkatRuntime.of(agents).open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Hello.").withCommsName("build-1"));
            assertThat(session.initialTurn()
                            .orElseThrow()
                            .await(Duration.ofSeconds(30))
                            .orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            completed -> assertThat(completed.usage()).contains(new Usage(6, 6)));
        }
    }
}
