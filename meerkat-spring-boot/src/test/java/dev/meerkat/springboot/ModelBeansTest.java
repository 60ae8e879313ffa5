package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.langchain4j.LangChain4jModel;
import dev.meerkat.springai.SpringAiModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Flux;

/** Chat models that are beans, as agents. */
class ModelBeansTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MeerkatAutoConfiguration.class));

    private static final class Plain implements dev.langchain4j.model.chat.ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder().aiMessage(AiMessage.from("plain")).build();
        }
    }

    private static final class Streaming implements StreamingChatModel {
        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            handler.onCompleteResponse(ChatResponse.builder()
                    .aiMessage(AiMessage.from("streaming"))
                    .finishReason(FinishReason.STOP)
                    .build());
        }
    }

    private static final class SpringAi implements ChatModel {
        private static org.springframework.ai.chat.model.ChatResponse answer() {
            return new org.springframework.ai.chat.model.ChatResponse(List.of(new Generation(
                    new AssistantMessage("spring ai"),
                    ChatGenerationMetadata.builder().finishReason("stop").build())));
        }

        @Override
        public org.springframework.ai.chat.model.ChatResponse call(Prompt prompt) {
            return answer();
        }

        @Override
        public Flux<org.springframework.ai.chat.model.ChatResponse> stream(Prompt prompt) {
            return Flux.just(answer());
        }
    }

    @MeerkatAgent(name = "routed")
    private static final class Routed implements Agent {
        @Override
        public String answer(TurnContext turn) {
            return "routed";
        }
    }

    private static void answers(ApplicationContextRunner runner, String answer) {
        runner.run(context -> assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                .isEqualTo(answer));
    }

    private static void refused(ApplicationContextRunner runner, String... words) {
        runner.run(context ->
                assertThat(context.getStartupFailure()).rootCause().message().contains(words));
    }

    @Test
    void theOnlyModelAnswersWhereThereIsNoAgent() {
        answers(runner.withBean(SpringAi.class), "spring ai");
        answers(runner.withBean(Plain.class), "plain");
        answers(runner.withBean(Streaming.class), "streaming");
    }

    @Test
    void ofTheModelsOfAProviderTheOneThatStreamsAnswers() {
        answers(runner.withBean(Plain.class).withBean(Streaming.class), "streaming");
    }

    @Test
    void agentsComeFirst() {
        answers(runner.withBean(SpringAi.class).withBean(Agent.class, () -> turn -> "agent"), "agent");
    }

    @Test
    void theNamedModelAnswersWhatNoAgentDoes() {
        ApplicationContextRunner both = runner.withBean("one", SpringAi.class)
                .withBean("two", Plain.class)
                .withBean(Routed.class);
        answers(both.withPropertyValues("meerkat.agent.model=two"), "plain");
        both.withPropertyValues("meerkat.agent.model=one").run(context -> {
            Meerkat meerkat = context.getBean(Meerkat.class);
            assertThat(Sessions.ask(meerkat, SessionSpec.ofPrompt("hello").withKeepAliveAs("routed")))
                    .isEqualTo("routed");
            assertThat(Sessions.ask(meerkat, SessionSpec.ofPrompt("hello"))).isEqualTo("spring ai");
        });
    }

    @Test
    void whatIsAmbiguousOrWrongIsRefusedByName() {
        ApplicationContextRunner two = runner.withBean("one", SpringAi.class).withBean("two", Plain.class);
        refused(two, "one", "two", "meerkat.agent.model");
        refused(two.withPropertyValues("meerkat.agent.model=three"), "meerkat.agent.model", "three");
        refused(
                two.withBean("all", Agent.class, () -> turn -> "agent").withPropertyValues("meerkat.agent.model=two"),
                "meerkat.agent.model",
                "all");
        refused(runner, "Meerkat needs an agent");
    }

    @Test
    void aModelWithoutTheModuleForItIsNotSeen() {
        refused(
                runner.withBean(Plain.class)
                        .withClassLoader(new FilteredClassLoader(LangChain4jModel.class, SpringAiModel.class)),
                "Meerkat needs an agent",
                "meerkat-langchain4j");
    }
}
