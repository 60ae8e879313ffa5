package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.Budget;
import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnOutcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers that no model should give, and inputs as large as they may be. */
abstract class ChatOddAnswersChapter extends ChatChapter {
    private final AtomicInteger looked = new AtomicInteger();
    private final ChatTool look =
            new ChatTool("look", "Looks.", SCHEMA, (args, key) -> Json.of(looked.incrementAndGet()));

    private ChatAgent agent() {
        return ChatAgent.of(model).tools(look);
    }

    private static ChatMessage.Assistant step(List<ChatMessage> messages) {
        return (ChatMessage.Assistant) messages.stream()
                .filter(message -> message instanceof ChatMessage.Assistant said
                        && !said.calls().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void callsWithTheSameIdOrNoneGetIdsOfTheirOwn() throws Exception {
        model.next()
                .delta(new ChatDelta.ToolCallPart(0, "x", "look", "{}"))
                .delta(new ChatDelta.ToolCallPart(1, "x", "look", "{}"))
                .delta(new ChatDelta.ToolCallPart(2, "", "look", "{}"))
                .delta(new ChatDelta.ToolCallPart(3, "", "look", "{}"))
                .end(FinishReason.TOOL_CALLS)
                .says("done");
        completed(ask(idle(open(agent()), "a"), "Look."));

        List<String> ids =
                step(model.read(1)).calls().stream().map(ChatMessage.Call::id).toList();
        assertThat(ids).hasSize(4).doesNotHaveDuplicates().doesNotContain("").startsWith("x");
        assertThat(model.read(1).stream()
                        .filter(ChatMessage.ToolResult.class::isInstance)
                        .map(message -> ((ChatMessage.ToolResult) message).id()))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void namesAndArgumentsThatCannotBeAreToldToTheModel() throws Exception {
        model.next()
                .delta(new ChatDelta.ToolCallPart(0, "a", "", "{}"))
                .delta(new ChatDelta.ToolCallPart(1, "b", "n\u0000" + "x".repeat(1_000), "{}"))
                .delta(new ChatDelta.ToolCallPart(2, "c", "look", "x".repeat(2 << 20)))
                .delta(new ChatDelta.ToolCallPart(3, "d", "look", "{\"at\":\"\ud83d\"}"))
                .end(FinishReason.TOOL_CALLS)
                .says("done");
        completed(ask(idle(open(agent()), "a"), "Look."));

        assertThat(model.read(1).stream()
                        .filter(ChatMessage.ToolResult.class::isInstance)
                        .map(message -> (ChatMessage.ToolResult) message))
                .hasSize(4)
                .allMatch(ChatMessage.ToolResult::failed);
        assertThat(looked).hasValue(0);
    }

    @Test
    void aCharacterThatComesInTwoPiecesIsWholeAndAHalfIsMarked() throws Exception {
        model.says("dark \ud83d", "\ude00!", " \ude00", " \ud83d");
        Session a = idle(open(agent()), "a");

        String said = "dark \ud83d\ude00! \ufffd \ufffd";
        assertThat(completed(ask(a, "Look.")).text()).isEqualTo(said);
        model.says("on");
        completed(ask(open(ChatAgent.of(model)).open(a.id()), "And?"));
        assertThat(model.read(1)).contains(new ChatMessage.Assistant(said, List.of()));
    }

    @Test
    void anAnswerWithoutAnEndIsGivenUpWhenItIsTooLong() throws Exception {
        for (int attempt = 0; attempt < 3; attempt++) {
            model.then(listener -> {
                for (int i = 0; i < 100; i++) {
                    listener.onDelta(new ChatDelta.Text("x".repeat(100_000)));
                }
            });
        }
        Session a = idle(open(agent()), "a");

        assertThat(ask(a, "Talk."))
                .isInstanceOfSatisfying(
                        TurnOutcome.Failed.class,
                        failed -> assertThat(failed.message()).contains("longer than"));
    }

    @Test
    void tenThousandCallsAtOnceAreMadeOrAreOverTheBudget() throws Exception {
        Session bounded = idle(open(agent()), "bounded");
        callsTenThousand();
        assertThat(ask(bounded, "Look.")).isInstanceOf(TurnOutcome.Parked.class);
        assertThat(looked).hasValue(0);

        callsTenThousand();
        model.says("done");
        Session unbounded = idle(open(agent().budget(Budget.UNLIMITED)), "unbounded");
        completed(ask(unbounded, "Look."));
        assertThat(looked).hasValue(10_000);
    }

    private void callsTenThousand() {
        model.then(listener -> {
            for (int i = 0; i < 10_000; i++) {
                listener.onDelta(new ChatDelta.ToolCallPart(i, "same", "look", "{}"));
            }
            listener.onDelta(new ChatDelta.Finished(FinishReason.TOOL_CALLS));
            listener.onComplete();
        });
    }

    @Test
    void theLargestInputIsRead() throws Exception {
        model.says("read").says("read too");
        Session a = alive(open(agent()), "a");
        a.send(CommsCommand.Input.of("\"".repeat(1 << 20)));
        event(a, 1, SessionEvent.TurnCompleted.class::isInstance);
        String plain = "x".repeat(1 << 20);
        a.send(CommsCommand.Input.of(plain));
        event(a, 2, SessionEvent.TurnCompleted.class::isInstance);

        assertThat(last(model.read(1))).contains(plain);
    }

    @Test
    void aModelThatThrowsFailsTheTurnAndNothingElse() throws Exception {
        AtomicBoolean thrown = new AtomicBoolean();
        Session a = idle(
                open(ChatAgent.of((request, listener) -> {
                    if (thrown.compareAndSet(false, true)) {
                        throw new StackOverflowError("odd");
                    }
                    return model.start(request, listener);
                })),
                "a");
        model.says("on");

        assertThat(completed(ask(a, "Go.")).text()).isEqualTo("on");
    }
}
