package dev.meerkat.benchmarks;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;

/** The same as {@link InstantModel}, of LangChain4j. Thread-safe. */
final class InstantLangChain4jModel {
    private InstantLangChain4jModel() {}

    /** Gives its answers as a whole. */
    static final class Whole implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            return answer(request);
        }
    }

    /** Gives its answers by a listener. */
    static final class Streaming implements StreamingChatModel {
        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            handler.onCompleteResponse(answer(request));
        }
    }

    private static ChatResponse answer(ChatRequest request) {
        List<ChatMessage> messages = request.messages();
        if (messages.get(messages.size() - 1) instanceof ToolExecutionResultMessage result) {
            return response(AiMessage.from("It costs " + result.text() + "."), FinishReason.STOP);
        }
        return response(
                AiMessage.from(ToolExecutionRequest.builder()
                        .id("call-1")
                        .name(Prices.NAME)
                        .arguments(Prices.ARGUMENTS)
                        .build()),
                FinishReason.TOOL_EXECUTION);
    }

    private static ChatResponse response(AiMessage message, FinishReason reason) {
        return ChatResponse.builder()
                .aiMessage(message)
                .tokenUsage(
                        new TokenUsage((int) InstantModel.USAGE.inputTokens(), (int) InstantModel.USAGE.outputTokens()))
                .finishReason(reason)
                .build();
    }
}
