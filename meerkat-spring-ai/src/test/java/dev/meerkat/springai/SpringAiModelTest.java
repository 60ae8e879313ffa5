package dev.meerkat.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/** Whole sessions on a model of Spring AI that a test scripts. */
class SpringAiModelTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Queue<Flux<ChatResponse>> answers = new ConcurrentLinkedQueue<>();
    private final List<Prompt> prompts = new CopyOnWriteArrayList<>();
    private final ChatModel model = new ChatModel() {
        @Override
        public ChatResponse call(Prompt prompt) {
            throw new IllegalStateException("not streamed");
        }

        @Override
        public Flux<ChatResponse> stream(Prompt prompt) {
            prompts.add(prompt);
            return answers.remove();
        }
    };

    private static ChatResponse text(String text) {
        return new ChatResponse(List.of(new Generation(new AssistantMessage(text))));
    }

    private static ChatResponse end(String reason, AssistantMessage.ToolCall... calls) {
        AssistantMessage message =
                AssistantMessage.builder().content("").toolCalls(List.of(calls)).build();
        return new ChatResponse(
                List.of(new Generation(
                        message,
                        ChatGenerationMetadata.builder().finishReason(reason).build())),
                ChatResponseMetadata.builder().usage(new DefaultUsage(7, 3)).build());
    }

    private Meerkat open(SpringAiModel adapter, ChatTool... tools) {
        return MeerkatRuntime.of(ChatAgent.of(adapter).tools(tools))
                .retry(RetryPolicy.inPlace(2, Duration.ofMillis(1), Duration.ofMillis(2)))
                .open();
    }

    private static TurnOutcome ask(Meerkat meerkat, String prompt) throws InterruptedException {
        Session session = meerkat.create(
                SessionSpec.ofPrompt("Hi.").withSystemPrompt("Be brief.").withDeferredStart());
        return session.startTurn(prompt).await(PATIENCE).orElseThrow();
    }

    @Test
    void toolsAreCalledByTheAgentAndTheAnswerIsStreamed() throws Exception {
        List<Json> seen = new ArrayList<>();
        ChatTool look = new ChatTool("look", "Looks.", Json.parse("{\"type\":\"object\"}"), (arguments, key) -> {
            seen.add(arguments);
            return Json.of("dark");
        });
        answers.add(Flux.just(
                text("I look."),
                end("TOOL_CALLS", new AssistantMessage.ToolCall("call_a", "function", "look", "{\"at\":1}"))));
        answers.add(Flux.just(text("It is "), text("dark."), end("STOP")));
        try (Meerkat meerkat = open(SpringAiModel.of(model), look)) {
            assertThat(ask(meerkat, "Look.")).isInstanceOfSatisfying(TurnOutcome.Completed.class, completed -> {
                assertThat(completed.text()).isEqualTo("It is dark.");
                assertThat(completed.usage()).contains(new Usage(14, 6));
            });
        }
        assertThat(seen).containsExactly(Json.parse("{\"at\":1}"));
        ToolCallingChatOptions options = (ToolCallingChatOptions) prompts.get(0).getOptions();
        assertThat(options.getToolCallbacks())
                .anySatisfy(tool -> assertThat(tool.getToolDefinition().name()).isEqualTo("look"));
        assertThat(prompts.get(0).getSystemMessage().getText()).isEqualTo("Be brief.");
        assertThat(prompts.get(1).getInstructions())
                .last()
                .isInstanceOfSatisfying(
                        ToolResponseMessage.class,
                        results -> assertThat(results.getResponses())
                                .containsExactly(new ToolResponseMessage.ToolResponse("call_a", "look", "\"dark\"")));
    }

    @Test
    void anAnswerWithoutAReasonIsTriedAgain() throws Exception {
        answers.add(Flux.just(text("Transfer 10")));
        answers.add(Flux.just(text("Transfer 1000."), end("stop")));
        try (Meerkat meerkat = open(SpringAiModel.of(model))) {
            assertThat(ask(meerkat, "How much?"))
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            completed -> assertThat(completed.text()).isEqualTo("Transfer 1000."));
        }
    }

    @Test
    void theApplicationTellsWhatKindAFailureIs() throws Exception {
        answers.add(Flux.error(new IllegalStateException("nope")));
        SpringAiModel adapter = SpringAiModel.of(model)
                .failures(failure ->
                        new ModelException(ModelException.Kind.REFUSED, "refused: " + failure.getMessage(), failure));
        try (Meerkat meerkat = open(adapter)) {
            assertThat(ask(meerkat, "Hello."))
                    .isInstanceOfSatisfying(
                            TurnOutcome.Failed.class,
                            failed -> assertThat(failed.code()).isEqualTo("model_refused"));
        }
    }

    @Test
    void anInterruptDisposesTheStreamAndKeepsWhatWasSaid() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch disposed = new CountDownLatch(1);
        answers.add(Flux.concat(
                        Flux.just(text("so far")),
                        Flux.<ChatResponse>never().doOnSubscribe(subscribed -> begun.countDown()))
                .doOnCancel(disposed::countDown));
        try (Meerkat meerkat = open(SpringAiModel.of(model))) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Hi.").withDeferredStart());
            Turn turn = session.startTurn("Talk.");
            assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
            session.interrupt();

            assertThat(disposed.await(2, TimeUnit.MINUTES)).isTrue();
            assertThat(turn.await(PATIENCE).orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Interrupted.class,
                            interrupted -> assertThat(interrupted.text()).isEqualTo("so far"));
        }
    }
}
