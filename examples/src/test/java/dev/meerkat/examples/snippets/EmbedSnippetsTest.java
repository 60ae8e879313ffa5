package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EmbedSnippetsTest {
    private static final Agent AGENT = turn -> "ok";

    // snippet: agent
    /** Answers with a list of its inputs, and streams the answer piece by piece. */
    static String answer(TurnContext turn) {
        StringBuilder answer = new StringBuilder();
        for (AdmittedInput input : turn.inputs()) {
            if (input.body() instanceof InputBody.Prompt prompt) {
                answer.append("prompt: ").append(prompt.text());
            } else if (input.body() instanceof InputBody.External external) {
                answer.append("event: ").append(external.event().eventType());
            } else if (input.body() instanceof InputBody.PeerMessage message) {
                answer.append("from ").append(message.from().name());
            }
            turn.emit(".");
        }
        return answer.toString();
    }
    // end

    @Test
    void anAgentSeesItsInputsByKind() throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(EmbedSnippetsTest::answer).open()) {
            // snippet: first-turn
            Session session = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.")
                    .withKeepAliveAs("agent-a")
                    .withLabels(Map.of("team", "release")));
            Optional<TurnOutcome> outcome = session.initialTurn().orElseThrow().await(Duration.ofSeconds(30));
            if (outcome.isPresent() && outcome.get() instanceof TurnOutcome.Completed completed) {
                System.out.println(completed.text());
            }
            // end
            assertThat(outcome.orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            completed -> assertThat(completed.text()).isEqualTo("prompt: You are a coordinator."));
        }
    }

    @Test
    void aRuntimeIsBuiltFromParts() {
        // snippet: builder
        MeerkatRuntime builder = MeerkatRuntime.of(AGENT)
                .retry(RetryPolicy.inPlace(5, Duration.ofMillis(200), Duration.ofSeconds(10)))
                .trust((from, to) -> from.labels().equals(to.labels()));
        try (Meerkat meerkat = builder.open()) {
            System.out.println(meerkat.capabilities());
        }
        // end
        try (Meerkat meerkat = builder.open()) {
            assertThat(meerkat.capabilities().has(Capability.PEER_NAMES)).isTrue();
            assertThat(meerkat.capabilities().has(Capability.DURABLE)).isFalse();
        }
    }

    @Test
    void sessionsAreFoundAgain() throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(AGENT).open()) {
            Session created = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.")
                    .withKeepAliveAs("agent-a")
                    .withLabels(Map.of("team", "release")));
            // snippet: find
            Session byName = meerkat.open("agent-a");
            Session byId = meerkat.open(byName.id());
            SessionPage page = meerkat.list(SessionQuery.all().withLabel("team", "release"));
            // end
            assertThat(byId.id()).isEqualTo(created.id());
            assertThat(page.sessions()).extracting(SessionSnapshot::id).containsExactly(created.id());
            assertThat(page.hasMore()).isFalse();
        }
    }

    @Test
    void aSessionIsOpenedOrCreated() throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(AGENT).open()) {
            // snippet: open-or-create
            Session session = meerkat.openOrCreate(SessionSpec.withoutPrompt().withKeepAliveAs("agent-b"));
            // end
            assertThat(meerkat.open("agent-b").id()).isEqualTo(session.id());
        }
    }

    @Test
    void aTurnIsInterruptedAndTheSessionArchived() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        Agent slow = turn -> {
            runs.countDown();
            new CountDownLatch(1).await();
            return "never";
        };
        try (Meerkat meerkat = MeerkatRuntime.of(slow).open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Hello."));
            runs.await();
            // snippet: interrupt
            InterruptOutcome stopped = session.interrupt(); // Stopped, Stopping or Idle
            session.archive(); // ends the session; its history still reads
            HistoryPage history = session.history(0, 100);
            // end
            assertThat(stopped).isInstanceOf(InterruptOutcome.Stopped.class);
            assertThat(history.entries().get(1)).isInstanceOf(TranscriptEntry.Answer.class);
        }
    }
}
