package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ContextPolicy;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.Turn;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.AgentRouter;
import dev.meerkat.core.agent.TurnContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The conversation of a session is what its log gives, whoever reads it, and however much of it is read again. */
abstract class ChatReplayChapter extends ChatChapter {
    private void assertGoesOn(int call, int earlier) {
        assertThat(model.read(call)).startsWith(model.read(earlier).toArray(ChatMessage[]::new));
    }

    private static List<String> results(List<ChatMessage> messages) {
        return messages.stream()
                .filter(ChatMessage.ToolResult.class::isInstance)
                .map(message -> ((ChatMessage.ToolResult) message).name())
                .toList();
    }

    @Test
    void resultsOfABatchThatWasCutComeInTheOrderOfItsCalls() throws Exception {
        AtomicInteger paid = new AtomicInteger();
        ChatTool pay = new ChatTool("pay", "Pays.", SCHEMA, (args, key) -> Json.of(paid.incrementAndGet()));
        model.asks("", "pay", "{}", "wait_for_reply", "{\"to\":\"b\",\"intent\":\"review\"}", "pay", "{}")
                .says("paid")
                .says("again");
        Agent agents = AgentRouter.create()
                .byName("b", turn -> {
                    turn.inputs().stream()
                            .filter(input -> input.body() instanceof InputBody.PeerRequest)
                            .forEach(request -> turn.comms().respond(request, Json.of("yes")));
                    return "answered";
                })
                .otherwise(ChatAgent.of(model).tools(pay));
        Meerkat meerkat = open(agents);
        Session a = idle(meerkat, "a");
        Session b = idle(meerkat, "b");
        a.startTurn("Pay.");
        // The wait has committed what the calls behind it gave.
        event(b, 2, SessionEvent.InputAdmitted.class::isInstance);

        meerkat = open(agents);
        completed(ask(meerkat.open(b.id()), "Answer now."));
        event(meerkat.open(a.id()), SessionEvent.TurnCompleted.class);
        completed(ask(meerkat.open(a.id()), "And?"));

        assertThat(paid).hasValue(2);
        assertThat(results(model.read(1))).containsExactly("pay", "wait_for_reply", "pay");
        assertGoesOn(2, 1);
    }

    @Test
    void aTurnReadsOnlyWhatWasAddedSinceTheLast() throws Exception {
        List<Integer> read = new ArrayList<>();
        ChatAgent chat = ChatAgent.of(model);
        Session a = idle(open(turn -> chat.answer(counting(turn, read))), "a");
        for (int i = 0; i < 20; i++) {
            model.says("answer " + i);
            completed(ask(a, "prompt " + i));
        }

        assertThat(read).hasSize(20).allSatisfy(entries -> assertThat(entries).isLessThan(5));
        for (int i = 1; i < 20; i++) {
            assertGoesOn(i, i - 1);
        }
        assertThat(model.read(19)).hasSize(2 + 20 + 19);
    }

    /** Counts the entries that are read of the transcript. */
    private static TurnContext counting(TurnContext turn, List<Integer> read) {
        return (TurnContext) Proxy.newProxyInstance(
                TurnContext.class.getClassLoader(), new Class<?>[] {TurnContext.class}, (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(turn, args);
                        if (result instanceof HistoryPage page) {
                            read.add(page.entries().size());
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void whatAnAgentHasKeptIsWhatAnotherReadsInTheLog() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ChatTool slow = new ChatTool("slow", "Is slow.", SCHEMA, (args, key) -> {
            running.countDown();
            new CountDownLatch(1).await();
            return Json.NULL;
        });
        ChatTool look = new ChatTool("look", "Looks.", SCHEMA, (args, key) -> Json.of("dark"));
        ChatAgent keeping = ChatAgent.of(model).tools(slow, look);
        Session a = idle(open(keeping), "a");
        model.asks("I look.", "look", "{}", "look", "{}").says("It is dark.");
        completed(ask(a, "Look."));
        model.asks("", "look", "{}", "slow", "{}");
        Turn stopped = a.startTurn("Wait.");
        assertThat(running.await(2, TimeUnit.MINUTES)).isTrue();
        a.interrupt();
        assertThat(stopped.await(PATIENCE)).isPresent();
        model.asks("", "look", "{}")
                .then(listener -> {
                    listener.onDelta(new ChatDelta.Text("half"));
                    listener.onError(new ModelException(ModelException.Kind.OVERLOADED, "busy", null));
                })
                .says("dark still");
        a.send(CommsCommand.Input.of("Anything new?"));
        completed(ask(a, "Look again."));
        int kept = model.requests().size() - 1;

        model.says("fresh");
        completed(ask(open(ChatAgent.of(model)).open(a.id()), "And you?"));
        assertGoesOn(kept + 1, kept);

        model.says("kept");
        completed(ask(open(keeping).open(a.id()), "And you again?"));
        assertGoesOn(kept + 2, kept + 1);
    }

    @Test
    void whatAnotherAgentHasCompactedIsNoLongerRead() throws Exception {
        ChatAgent keeping = ChatAgent.of(model);
        String prompt = "x".repeat(600);
        Session a = idle(open(keeping), "a");
        for (int i = 0; i < 3; i++) {
            model.says("answer");
            completed(ask(a, "prompt " + i + prompt));
        }
        model.says("cut");
        completed(ask(
                open(ChatAgent.of(model).context(new ContextPolicy.DropOldest(1_000)))
                        .open(a.id()),
                "Cut it."));
        model.says("on");
        completed(ask(open(keeping).open(a.id()), "Go on."));

        assertThat(model.read(4).toString()).contains("left out").doesNotContain("prompt 0");
        assertGoesOn(4, 3);
    }
}
