package dev.meerkat.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.TransientFailureException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LangChain4jModelTest {
    private static final ChatRequest HELLO = new ChatRequest(List.of(new ChatMessage.User("Hello.")), List.of());
    private static final Dialect OPENAI = new Dialect.OpenAi();

    private final Recorder recorder = new Recorder();

    private static LangChain4jModel streaming(Consumer<StreamingChatResponseHandler> script) {
        return LangChain4jModel.of(new StreamingChatModel() {
            @Override
            public void doChat(
                    dev.langchain4j.model.chat.request.ChatRequest request, StreamingChatResponseHandler handler) {
                script.accept(handler);
            }
        });
    }

    private static LangChain4jModel blocking(java.util.function.Supplier<ChatResponse> answer) {
        return LangChain4jModel.of(new dev.langchain4j.model.chat.ChatModel() {
            @Override
            public ChatResponse doChat(dev.langchain4j.model.chat.request.ChatRequest request) {
                return answer.get();
            }
        });
    }

    private static ChatResponse response(AiMessage message, FinishReason reason) {
        return ChatResponse.builder()
                .aiMessage(message)
                .tokenUsage(new TokenUsage(5, 2))
                .finishReason(reason)
                .build();
    }

    @Test
    void aStreamedAnswerHasOneEndAndNothingAfterIt() throws Exception {
        streaming(handler -> {
                    handler.onPartialResponse("He");
                    handler.onPartialResponse("llo");
                    handler.onCompleteResponse(response(AiMessage.from("Hello"), FinishReason.STOP));
                    handler.onPartialResponse("!");
                    handler.onError(new RuntimeException("late"));
                })
                .start(HELLO, recorder);

        assertThat(recorder.whole())
                .containsExactly(
                        new ChatDelta.Text("He"),
                        new ChatDelta.Text("llo"),
                        new ChatDelta.Used(new Usage(5, 2)),
                        new ChatDelta.Finished(dev.meerkat.api.FinishReason.STOP));
        assertThat(recorder.ends).containsExactly("complete");
    }

    @Test
    void anErrorBeforeTheEndIsTheEnd() throws Exception {
        streaming(handler -> {
                    handler.onPartialResponse("He");
                    handler.onError(new java.io.IOException("connection reset"));
                    handler.onCompleteResponse(response(AiMessage.from("He"), FinishReason.STOP));
                })
                .start(HELLO, recorder);

        assertThat(recorder.failure())
                .isInstanceOfSatisfying(
                        ModelException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ModelException.Kind.CUT_SHORT));
        assertThat(recorder.ends).containsExactly("error");
    }

    @Test
    void aStreamedAnswerWithoutAReasonIsCutShort() throws Exception {
        streaming(handler -> handler.onCompleteResponse(
                        ChatResponse.builder().aiMessage(AiMessage.from("Hel")).build()))
                .start(HELLO, recorder);

        assertThat(recorder.failure())
                .isInstanceOfSatisfying(
                        ModelException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ModelException.Kind.CUT_SHORT));
    }

    @Test
    void toolCallsThatComeWholeAreToldOnce() throws Exception {
        ToolExecutionRequest look = ToolExecutionRequest.builder()
                .id("a")
                .name("look")
                .arguments("{}")
                .build();
        streaming(handler -> {
                    handler.onCompleteToolCall(new CompleteToolCall(0, look));
                    handler.onCompleteResponse(response(AiMessage.from(look), FinishReason.TOOL_EXECUTION));
                })
                .start(HELLO, recorder);

        assertThat(recorder.whole())
                .filteredOn(ChatDelta.ToolCallPart.class::isInstance)
                .containsExactly(new ChatDelta.ToolCallPart(0, "a", "look", "{}"));
    }

    @Test
    void aCancelUsesTheHandleOfTheLibraryAndDropsWhatComesLater() {
        AtomicReference<StreamingChatResponseHandler> told = new AtomicReference<>();
        CountDownLatch cancelled = new CountDownLatch(1);
        StreamingHandle handle = new StreamingHandle() {
            @Override
            public void cancel() {
                cancelled.countDown();
            }

            @Override
            public boolean isCancelled() {
                return cancelled.getCount() == 0;
            }
        };
        ChatModel.Call call = streaming(handler -> {
                    told.set(handler);
                    handler.onPartialResponse(new PartialResponse("He"), new PartialResponseContext(handle));
                })
                .start(HELLO, recorder);
        call.cancel();
        call.cancel();
        told.get().onPartialResponse("llo");
        told.get().onCompleteResponse(response(AiMessage.from("Hello"), FinishReason.STOP));

        assertThat(cancelled.getCount()).isZero();
        assertThat(recorder.deltas).containsExactly(new ChatDelta.Text("He"));
        assertThat(recorder.ends).isEmpty();
    }

    @Test
    void whatIsOpenedAfterACancelIsClosedAtOnce() {
        ModelCall call = new ModelCall(recorder);
        call.cancel();
        CountDownLatch closed = new CountDownLatch(1);
        call.whenCancelled(closed::countDown);
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void aWholeAnswerIsToldAsOneThatIsStreamed() throws Exception {
        blocking(() -> ChatResponse.builder()
                        .aiMessage(AiMessage.from("Hello"))
                        .tokenUsage(new TokenUsage(5, 2))
                        .build())
                .start(HELLO, recorder);

        assertThat(recorder.whole())
                .containsExactly(
                        new ChatDelta.Text("Hello"),
                        new ChatDelta.Used(new Usage(5, 2)),
                        new ChatDelta.Finished(dev.meerkat.api.FinishReason.STOP));
    }

    @Test
    void aBlockingCallIsInterruptedByACancel() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ChatModel.Call call = blocking(() -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return response(AiMessage.from("late"), FinishReason.STOP);
                })
                .start(HELLO, recorder);
        assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
        call.cancel();

        assertThat(interrupted.await(2, TimeUnit.MINUTES)).isTrue();
        assertThat(recorder.deltas).isEmpty();
    }

    @Test
    void anErrorOfABlockingModelIsToldToo() throws Exception {
        blocking(() -> {
                    throw new NoClassDefFoundError("x");
                })
                .start(HELLO, recorder);
        assertThat(recorder.failure()).isInstanceOf(ModelException.class);
    }

    @Test
    void aBlockingCallOfAProviderIsAnsweredAndItsConnectionIsClosedByACancel() throws Exception {
        try (FakeProvider provider = new FakeProvider()) {
            CompletableFuture<Long> closed = new CompletableFuture<>();
            CountDownLatch begun = new CountDownLatch(1);
            provider.then(exchange -> exchange.answer(200, "", OPENAI.whole("Hello")))
                    .then(exchange -> {
                        begun.countDown();
                        exchange.awaitClosed(closed);
                    });
            LangChain4jModel model = LangChain4jModel.of(OPENAI.blocking(provider.url()));
            model.start(HELLO, recorder);
            assertThat(recorder.whole()).contains(new ChatDelta.Text("Hello"));

            ChatModel.Call call = model.start(HELLO, new Recorder());
            assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
            call.cancel();
            closed.get(2, TimeUnit.MINUTES);
            assertThat(provider.requests).hasSize(2);
        }
    }

    @Test
    void aRateLimitHasTheWaitThatTheProviderAsksFor() throws Exception {
        assertThat(retryAfter("retry-after-ms: 1500\r\nRetry-After: 2\r\n")).isEqualTo(Duration.ofMillis(1500));
        assertThat(retryAfter("Retry-After: 7\r\n")).isEqualTo(Duration.ofSeconds(7));
        assertThat(retryAfter("Date: Mon, 30 Nov 2026 08:00:00 GMT\r\nRetry-After: Mon, 30 Nov 2026 08:01:00 GMT\r\n"))
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(retryAfter("Retry-After: soon\r\n")).isNull();
        assertThat(retryAfter("Retry-After: 99999999999999999999\r\n")).isNull();
    }

    private static Duration retryAfter(String headers) throws Exception {
        try (FakeProvider provider = new FakeProvider()) {
            provider.then(exchange -> exchange.answer(429, headers, "{}"));
            Recorder one = new Recorder();
            LangChain4jModel.of(OPENAI.streaming(provider.url(), Duration.ofMinutes(2)))
                    .start(HELLO, one);
            return ((TransientFailureException) one.failure().getCause())
                    .retryAfter()
                    .orElse(null);
        }
    }

    @Test
    void aMarkOfTheEndThatTheLibraryDoesNotKnowIsOneToo() throws Exception {
        try (FakeProvider provider = new FakeProvider()) {
            provider.then(exchange -> {
                exchange.open();
                exchange.send(List.of("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                        + "\"say \\\"finish_reason\\\":\\\"x\\\"\"},\"finish_reason\": \"eos_token\"}]}"));
            });
            LangChain4jModel.of(OPENAI.streaming(provider.url(), Duration.ofMinutes(2)))
                    .start(HELLO, recorder);
            assertThat(recorder.whole())
                    .containsExactly(
                            new ChatDelta.Text("say \"finish_reason\":\"x\""),
                            new ChatDelta.Finished(new dev.meerkat.api.FinishReason("eos_token")));
        }
    }

    @Test
    void anAnswerOnMarksOfTheEndIsNotTakenForOne() throws Exception {
        try (FakeProvider provider = new FakeProvider()) {
            provider.then(exchange -> {
                exchange.open();
                exchange.send(List.of("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                        + "\"say \\\"finish_reason\\\":\\\"stop\\\"\"},\"finish_reason\":null}]}"));
            });
            LangChain4jModel.of(OPENAI.streaming(provider.url(), Duration.ofMinutes(2)))
                    .start(HELLO, recorder);
            assertThat(((ModelException) recorder.failure()).kind()).isEqualTo(ModelException.Kind.CUT_SHORT);
        }
    }

    @Test
    void aRefusalOfAnthropicIsOne() throws Exception {
        try (FakeProvider provider = new FakeProvider()) {
            Dialect anthropic = new Dialect.Anthropic();
            provider.then(exchange -> {
                exchange.open();
                exchange.send(anthropic.begin());
                for (String event : anthropic.end(false)) {
                    exchange.write(event.replace("end_turn", "refusal") + "\n\n");
                }
            });
            LangChain4jModel.of(anthropic.streaming(provider.url(), Duration.ofMinutes(2)))
                    .start(HELLO, recorder);
            assertThat(((ModelException) recorder.failure()).kind()).isEqualTo(ModelException.Kind.REFUSED);
        }
    }

    @Test
    void failuresOfTheLibraryHaveAKind() {
        assertThat(kind(new RateLimitException("x"))).isEqualTo(ModelException.Kind.RATE_LIMITED);
        assertThat(kind(new AuthenticationException("x"))).isEqualTo(ModelException.Kind.BAD_CREDENTIALS);
        assertThat(kind(new ContentFilteredException("x"))).isEqualTo(ModelException.Kind.REFUSED);
        assertThat(kind(new TimeoutException("x"))).isEqualTo(ModelException.Kind.STALLED);
        assertThat(kind(new RuntimeException(new java.net.ConnectException("x"))))
                .isEqualTo(ModelException.Kind.OTHER);
        assertThat(kind(new IllegalStateException("x"))).isEqualTo(ModelException.Kind.OTHER);
    }

    private static ModelException.Kind kind(Throwable failure) {
        return ProviderFailures.of(failure).kind();
    }

    @Test
    void aModelThatCannotStartSaysSo() {
        assertThatThrownBy(() -> streaming(handler -> {
                            throw new AuthenticationException("no key");
                        })
                        .start(HELLO, recorder))
                .isInstanceOfSatisfying(
                        ModelException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ModelException.Kind.BAD_CREDENTIALS));
    }

    @Test
    void messagesKeepTheirOrderAndTheirKind() {
        ChatMessage.Call call = new ChatMessage.Call("a", "look", Json.of("no object"));
        var messages = new Requests()
                .of(new ChatRequest(
                        List.of(
                                new ChatMessage.Instructions("Be brief."),
                                new ChatMessage.User("Look."),
                                new ChatMessage.Assistant("", List.of(call)),
                                new ChatMessage.ToolResult("a", "look", "", true),
                                new ChatMessage.Assistant("", List.of())),
                        List.of()))
                .messages();

        assertThat(messages)
                .containsExactly(
                        SystemMessage.from("Be brief."),
                        UserMessage.from("Look."),
                        AiMessage.from(ToolExecutionRequest.builder()
                                .id("a")
                                .name("look")
                                .arguments("{\"not_an_object\":\"no object\"}")
                                .build()),
                        ToolExecutionResultMessage.builder()
                                .id("a")
                                .toolName("look")
                                .text("")
                                .isError(true)
                                .build());
    }
}
