package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.ScriptedModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The loop of an agent on a chat model, on both stores. */
public abstract class ChatAgentContract {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Json SCHEMA = Json.parse("{\"type\":\"object\"}");
    private final CompletableFuture<Session> session = new CompletableFuture<>();
    private final ScriptedModel model = ScriptedModel.create();

    /** For subclasses. */
    protected ChatAgentContract() {}

    /**
     * Opens an empty store.
     *
     * @return a store, which the test closes
     */
    protected abstract SessionStore store();

    private Meerkat open(ChatAgent agent) {
        return MeerkatRuntime.of(agent)
                .store(store())
                .retry(RetryPolicy.inPlace(3, Duration.ofMillis(1), Duration.ofMillis(2)))
                .open();
    }

    private static Session idle(Meerkat meerkat, String name) throws InterruptedException {
        return meerkat.create(SessionSpec.ofPrompt("Hello.")
                .withSystemPrompt("Be brief.")
                .withCommsName(name)
                .withDeferredStart());
    }

    private static TurnOutcome ask(Session session, String prompt) throws InterruptedException {
        return session.startTurn(prompt).await(PATIENCE).orElseThrow();
    }

    private static TurnOutcome.Completed completed(TurnOutcome outcome) {
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return (TurnOutcome.Completed) outcome;
    }

    private static String last(List<ChatMessage> messages) {
        return messages.get(messages.size() - 1).toString();
    }

    @Test
    public void aToolIsCalledAndItsResultIsRead() throws Exception {
        model.asks("I look.", "look", "{\"at\":1}").says("It is dark.");
        ChatTool look = new ChatTool("look", "Looks.", SCHEMA, (args, key) -> Json.of("saw " + args));
        try (Meerkat meerkat = open(ChatAgent.of(model).tools(look))) {
            TurnOutcome.Completed end = completed(ask(idle(meerkat, "a"), "Look."));

            assertThat(end.text()).isEqualTo("It is dark.");
            assertThat(end.usage()).contains(new Usage(20, 2));
            assertThat(last(model.read(1))).contains("call_0").contains("saw {");
            assertThat(model.read(1)).startsWith(model.read(0).toArray(ChatMessage[]::new));
        }
    }

    @Test
    public void callsThatAreAskedForTogetherRunTogether() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        ChatTool meet = new ChatTool("meet", "Meets.", SCHEMA, (args, key) -> Json.of(both.await(2, TimeUnit.MINUTES)));
        model.asks("", "meet", "{}", "meet", "{}").says("met");
        try (Meerkat meerkat = open(ChatAgent.of(model).tools(meet))) {
            assertThat(completed(ask(idle(meerkat, "a"), "Meet.")).text()).isEqualTo("met");
            assertThat(model.read(1).toString()).doesNotContain("failed=true");
        }
    }

    @Test
    public void whatGoesWrongWithAToolIsReadByTheModel() throws Exception {
        ChatTool broken = new ChatTool("broken", "Breaks.", SCHEMA, (args, key) -> {
            throw new IllegalStateException("no lamp");
        });
        model.asks(
                        "",
                        "broken",
                        "{}",
                        "broken",
                        "{not json",
                        "nothing",
                        "{}",
                        "send_message",
                        "{\"to\":\"nobody\",\"text\":\"x\"}")
                .says("sorry");
        try (Meerkat meerkat = open(ChatAgent.of(model).tools(broken))) {
            assertThat(completed(ask(idle(meerkat, "a"), "Go.")).text()).isEqualTo("sorry");
            assertThat(model.read(1).toString())
                    .contains("no lamp", "must be a JSON object", "no tool of this name", "nobody");
        }
    }

    @Test
    public void aSteerEntersBeforeTheNextCallOfTheModel() throws Exception {
        try (Meerkat meerkat = open(ChatAgent.of(model).tools(new ChatTool("work", "Works.", SCHEMA, (args, key) -> {
            session.join().send(CommsCommand.Input.of("hurry").withHandlingMode(HandlingMode.STEER));
            return Json.NULL;
        })))) {
            session.complete(idle(meerkat, "a"));
            model.asks("", "work", "{}").says("done");
            completed(ask(session.join(), "Work."));

            assertThat(last(model.read(1))).contains("\"notice\":\"input\"").contains("hurry");
        }
    }

    @Test
    public void anInterruptCancelsTheCallAndKeepsWhatWasSaid() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        model.then(listener -> {
            listener.onDelta(new ChatDelta.Text("so far"));
            begun.countDown();
        });
        try (Meerkat meerkat = open(ChatAgent.of(model))) {
            Session a = idle(meerkat, "a");
            var turn = a.startTurn("Talk.");
            assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
            a.interrupt();

            assertThat(turn.await(PATIENCE).orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Interrupted.class,
                            end -> assertThat(end.text()).isEqualTo("so far"));
            model.awaitCancelled(PATIENCE);
        }
    }

    @Test
    public void aFailureBetweenToolAndAnswerCallsNoToolTwiceAndGoesOnWithTheSameConversation() throws Exception {
        AtomicInteger paid = new AtomicInteger();
        ChatTool pay = new ChatTool("pay", "Pays.", SCHEMA, (args, key) -> Json.of(paid.incrementAndGet()));
        model.asks("I pay.", "pay", "{}")
                .then(listener -> listener.onError(new ModelException(ModelException.Kind.OVERLOADED, "busy", null)))
                .says("paid");
        try (Meerkat meerkat = open(ChatAgent.of(model).tools(pay))) {
            assertThat(completed(ask(idle(meerkat, "a"), "Pay.")).text()).isEqualTo("paid");

            assertThat(paid).hasValue(1);
            assertThat(model.read(2)).isEqualTo(model.read(1));
        }
    }

    @Nested
    class Turns extends ChatTurnsChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }

    @Nested
    class Comms extends ChatCommsChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }

    @Nested
    class Budgets extends ChatBudgetsChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }

    @Nested
    class Context extends ChatContextChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }

    @Nested
    class Replay extends ChatReplayChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }

    @Nested
    class OddAnswers extends ChatOddAnswersChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }

    @Nested
    class Injection extends ChatInjectionChapter {
        @Override
        SessionStore newStore() {
            return store();
        }
    }
}
