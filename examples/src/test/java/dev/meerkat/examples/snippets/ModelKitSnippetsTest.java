package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.meerkat.agent.*;
import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.testkit.*;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(MeerkatExtension.class)
class ModelKitSnippetsTest {
    private final ChatTool look = new ChatTool(
            "look", "Looks.", Json.parse("{\"type\":\"object\"}"), (arguments, key) -> Json.of("a dark room"));

    // snippet: kit-model
    @Test
    void theAgentLooksBeforeItAnswers(MeerkatHarness harness) throws InterruptedException {
        ScriptedModel model = ScriptedModel.create();
        model.asks("I look.", "look", "{\"at\":1}").says("It is ", "dark."); // two calls of the model
        harness.answeredBy(ChatAgent.of(model).tools(look));

        Session session = harness.meerkat().create(SessionSpec.ofPrompt("What do you see?"));
        harness.settle();

        assertThat(session.snapshot().lastAnswer()).hasValue("It is dark.");
        assertThat(model.read(1).toString()).contains("a dark room"); // what the second call read
        model.assertUsedUp();
    }
    // end

    // snippet: kit-model-log
    @Test
    void theModelReadsThis(MeerkatHarness harness) throws InterruptedException {
        ScriptedModel model = ScriptedModel.create().asks("", "look", "{}").says("Dark.");
        harness.answeredBy(ChatAgent.of(model).tools(look));
        harness.meerkat().create(SessionSpec.ofPrompt("What do you see?").withSystemPrompt("Be brief."));
        harness.settle();

        assertThat(model.log()).startsWith("""
                        call 1
                          instructions: Be brief.
                          user: What do you see?
                        """).endsWith("""
                        call 2 goes on from call 1
                          assistant:\s
                          assistant asks for look call_0: {}
                          result of look call_0: "a dark room"
                          => says: Dark.
                          => used 10 tokens in, 1 out
                          => finished: stop
                        """);
    }
    // end

    // snippet: kit-model-gate
    @Test
    void anInterruptKeepsWhatWasSaid() throws InterruptedException {
        Gate gate = Gate.named("mid");
        ScriptedModel model = ScriptedModel.create();
        model.next().text("so far").gate(gate).text(" and more").end();
        try (Meerkat meerkat = MeerkatRuntime.of(ChatAgent.of(model)).open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Talk."));
            gate.awaitReached(Duration.ofSeconds(30)); // the model is in the middle of its answer
            session.interrupt();

            TurnOutcome end = session.initialTurn()
                    .orElseThrow()
                    .await(Duration.ofSeconds(30))
                    .orElseThrow();
            assertThat(end)
                    .isInstanceOfSatisfying(
                            TurnOutcome.Interrupted.class,
                            it -> assertThat(it.text()).isEqualTo("so far"));
            model.awaitCancelled(Duration.ofSeconds(30));
        }
    }
    // end

    // snippet: kit-model-mockito
    @Test
    void theModelIsAMock(MeerkatHarness harness) throws InterruptedException {
        ChatModel model = mock(ChatModel.class);
        when(model.start(any(), any())).thenAnswer(call -> {
            ChatModel.Listener listener = call.getArgument(1);
            listener.onDelta(new ChatDelta.Text("hello"));
            listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
            listener.onComplete();
            return (ChatModel.Call) () -> {};
        });
        harness.answeredBy(ChatAgent.of(model));
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Greet."));
        harness.settle();

        assertThat(session.snapshot().lastAnswer()).hasValue("hello");
    }
    // end

    private static String converse(ChatModel model) throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create().answeredBy(ChatAgent.of(model))) {
            Session session = harness.meerkat().create(SessionSpec.ofPrompt("Greet."));
            harness.settle();
            return session.snapshot().lastAnswer().orElseThrow();
        }
    }

    @Test
    void whatWasRecordedIsReplayed(@TempDir Path directory) throws InterruptedException {
        ChatModel real = ScriptedModel.create().says("hello");
        String key = "not-a-real-key";
        // snippet: kit-model-record
        Path file = directory.resolve("greet.jsonl");
        Secrets secrets = Secrets.usual().and(key);
        String recorded = converse(RecordingModel.of(real, file).without(secrets)); // once, with a key

        ReplayModel replay = ReplayModel.of(file, secrets); // in tests, without
        assertThat(converse(replay)).isEqualTo(recorded);
        replay.assertUsedUp();
        // end
    }
}
