package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ScriptedModelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ChatRequest REQUEST = new ChatRequest(List.of(new ChatMessage.User("Hello.")), List.of());

    private final VirtualTime time = VirtualTime.create();
    private final ScriptedModel model = ScriptedModel.create(time);
    private final List<Object> heard = new ArrayList<>();
    private final ChatModel.Listener listener = new ChatModel.Listener() {
        @Override
        public void onDelta(ChatDelta delta) {
            heard.add(delta);
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure);
        }
    };

    @Test
    void itSaysWhatIsScriptedInOrder() {
        model.next().reasoning("Hm.").text("a", "b").usage(3, 2).end().says("c");

        model.start(REQUEST, listener);
        assertThat(heard)
                .containsExactly(
                        new ChatDelta.Reasoning("Hm."),
                        new ChatDelta.Text("a"),
                        new ChatDelta.Text("b"),
                        new ChatDelta.Used(new Usage(3, 2)),
                        new ChatDelta.Finished(FinishReason.STOP),
                        "complete");
        heard.clear();
        model.start(REQUEST, listener);
        assertThat(heard).startsWith(new ChatDelta.Text("c"));
        model.assertUsedUp();
    }

    @Test
    void toolCallsComeInPiecesWithIdsOfTheirOwn() {
        model.asks("", "look", "{}", "say", "no json");

        model.start(REQUEST, listener);
        assertThat(heard)
                .startsWith(
                        new ChatDelta.ToolCallPart(0, "call_0", "look", "{"),
                        new ChatDelta.ToolCallPart(0, "", "", "}"),
                        new ChatDelta.ToolCallPart(1, "call_1", "say", "no "),
                        new ChatDelta.ToolCallPart(1, "", "", "json"))
                .contains(new ChatDelta.Finished(FinishReason.TOOL_CALLS));
    }

    @Test
    void aGateHoldsTheRestAndNoThread() throws Exception {
        Gate gate = Gate.named("mid");
        model.next().text("a").gate(gate).text("b").end();

        model.start(REQUEST, listener);
        gate.awaitReached(PATIENCE);
        assertThat(heard).containsExactly(new ChatDelta.Text("a"));
        gate.open();
        assertThat(heard).contains(new ChatDelta.Text("b"), "complete");
    }

    @Test
    void aDelayWaitsForTheClock() throws Exception {
        model.next().delay(Duration.ofSeconds(2)).text("late").end();

        model.start(REQUEST, listener);
        time.advance(Duration.ofSeconds(1));
        assertThat(heard).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(heard).contains(new ChatDelta.Text("late"));
        assertThatThrownBy(() -> ScriptedModel.create().next().delay(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("clock");
    }

    @Test
    void endsOfAllKindsAreScripted() {
        ModelException busy = new ModelException(ModelException.Kind.OVERLOADED, "busy", null);
        model.fails(busy).next().text("half").cutShort().next().text("cut").end(FinishReason.LENGTH);

        model.start(REQUEST, listener);
        model.start(REQUEST, listener);
        model.start(REQUEST, listener);
        assertThat(heard)
                .containsExactly(
                        busy,
                        new ChatDelta.Text("half"),
                        "complete",
                        new ChatDelta.Text("cut"),
                        new ChatDelta.Finished(FinishReason.LENGTH),
                        "complete");
    }

    @Test
    void aCallWithoutAScriptIsRefusedAndReported() {
        assertThatThrownBy(() -> model.start(REQUEST, listener))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no script is left");
        assertThatThrownBy(model::assertUsedUp)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("call 1 of the model was not expected")
                .hasMessageContaining("user: Hello.");
    }

    @Test
    void aScriptThatIsNotUsedIsReportedWithItsPlace() {
        model.says("never");

        assertThatThrownBy(model::assertUsedUp)
                .hasMessageContaining("not used: script at")
                .hasMessageContaining("aScriptThatIsNotUsedIsReportedWithItsPlace");
    }

    @Test
    void aCancelledCallIsSeen() throws Exception {
        model.next().text("a").silence();

        model.start(REQUEST, listener).cancel();
        model.awaitCancelled(PATIENCE);
        assertThat(model.log()).contains("=> was cancelled");
        assertThatThrownBy(() -> model.awaitCalls(2, Duration.ZERO)).hasMessageContaining("2 calls of the model");
    }

    @Test
    void theLogIsTheSameTextForTheSameHistory() throws Exception {
        assertThat(history()).isEqualTo(history()).isEqualTo("""
                call 1
                  instructions: Be brief.
                  user: Hello.
                  user: Look
                      around.
                  tools: look
                  => says: I look.
                  => asks for look call_0: {"at":1}
                  => used 10 tokens in, 1 out
                  => finished: tool_calls
                call 2 goes on from call 1
                  assistant: I look.
                  assistant asks for look call_0: {"at":1}
                  result of look call_0: "saw {id-1}"
                  => says: It is dark.
                  => used 10 tokens in, 1 out
                  => finished: stop
                """);
    }

    private static String history() throws Exception {
        ScriptedModel model = ScriptedModel.create();
        ChatTool look =
                new ChatTool("look", "Looks.", Json.EMPTY_OBJECT, (args, key) -> Json.of("saw " + UUID.randomUUID()));
        model.asks("I look.", "look", "{\"at\":1}").says("It is ", "dark.");
        try (MeerkatHarness harness =
                MeerkatHarness.create().answeredBy(ChatAgent.of(model).tools(look))) {
            Session a = harness.meerkat()
                    .create(SessionSpec.ofPrompt("Hello.")
                            .withSystemPrompt("Be brief.")
                            .withCommsName("a")
                            .withDeferredStart());
            a.startTurn("Look\naround.");
            harness.settle();
        }
        model.assertUsedUp();
        return model.log().replaceAll("tools: .*look\n", "tools: look\n");
    }

    @Test
    void aTurnIsHeldInTheMiddleOfAnAnswerAndInterrupted() throws Exception {
        Gate gate = Gate.named("mid");
        model.says("ready").next().text("so far").gate(gate).text(" and more").end();
        try (MeerkatHarness harness = MeerkatHarness.withRealThreads().answeredBy(ChatAgent.of(model))) {
            Session a = harness.meerkat().create(SessionSpec.ofPrompt("Hello.").withKeepAliveAs("a"));
            assertThat(a.initialTurn().orElseThrow().await(PATIENCE)).isPresent();
            Turn turn = a.startTurn("Talk.");
            gate.awaitReached(PATIENCE);
            a.interrupt();
            gate.open();

            assertThat(turn.await(PATIENCE).orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Interrupted.class,
                            end -> assertThat(end.text()).isEqualTo("so far"));
        }
    }

    @Test
    void aHarnessSettlesWhileTheModelIsHeldAtAGate() throws Exception {
        Gate gate = Gate.named("mid");
        ScriptedModel held = ScriptedModel.create();
        held.next().text("so far").gate(gate).text(" and more").end().says("other");
        try (MeerkatHarness harness = MeerkatHarness.create().answeredBy(ChatAgent.of(held))) {
            Session a = harness.meerkat().create(SessionSpec.ofPrompt("Talk."));
            harness.settle();
            assertThat(a.snapshot().state()).isEqualTo(SessionSnapshot.State.RUNNING);
            Session b = harness.meerkat().create(SessionSpec.ofPrompt("Talk."));
            harness.settle();
            assertThat(b.snapshot().lastAnswer()).hasValue("other");

            gate.open();
            harness.settle();
            assertThat(a.snapshot().lastAnswer()).hasValue("so far and more");
        }
    }

    @Test
    void theClockMovesWhileTheModelWaitsAndAModelThatSaysNothingIsGivenUp() throws Exception {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            ScriptedModel slow = ScriptedModel.create(harness.time());
            slow.next()
                    .text("one ")
                    .delay(Duration.ofSeconds(100))
                    .text("two ")
                    .delay(Duration.ofSeconds(100))
                    .text("three")
                    .end();
            slow.next().text("um").silence().says("awake");
            harness.answeredBy(ChatAgent.of(slow));
            Session a = harness.meerkat().create(SessionSpec.ofPrompt("Count."));
            harness.settle();
            harness.advance(Duration.ofSeconds(199));
            assertThat(a.snapshot().state()).isEqualTo(SessionSnapshot.State.RUNNING);
            harness.advance(Duration.ofSeconds(1));
            assertThat(a.snapshot().lastAnswer()).hasValue("one two three");

            a.startTurn("Talk.");
            harness.advance(Duration.ofMinutes(4));
            assertThat(a.snapshot().lastAnswer()).hasValue("awake");
            assertThat(harness.eventLog()).contains("model_stalled");
            slow.assertUsedUp();
        }
    }

    @Test
    void sessionsThatShareAModelHaveTheirOwnConversationsInTheLog() throws Exception {
        model.says("a is ready").says("b is ready").says("noted");
        try (MeerkatHarness harness = MeerkatHarness.create().answeredBy(ChatAgent.of(model))) {
            Session a =
                    harness.meerkat().create(SessionSpec.ofPrompt("You are a.").withKeepAliveAs("a"));
            harness.settle();
            harness.meerkat().create(SessionSpec.ofPrompt("You are b.").withKeepAliveAs("b"));
            harness.settle();
            a.send(PeerMessage.to("b", "Look."));
            harness.settle();
        }
        assertThat(model.log()).contains("call 3 goes on from call 2", "\"delivery\":\"{id-1}\"");
    }
}
