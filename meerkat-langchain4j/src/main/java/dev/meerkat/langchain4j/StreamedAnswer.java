package dev.meerkat.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.meerkat.agent.ChatDelta;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a call what LangChain4j tells of a streamed answer. Told by one thread at a time. */
final class StreamedAnswer implements StreamingChatResponseHandler {
    private final ModelCall call;
    private final Set<Integer> begunTools = new HashSet<>();
    private boolean hasHandle;
    private boolean hasText;

    StreamedAnswer(ModelCall call) {
        this.call = call;
    }

    @Override
    public void onPartialResponse(String text) {
        hasText = true;
        call.delta(new ChatDelta.Text(text));
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        closable(context.streamingHandle());
        onPartialResponse(part.text());
    }

    @Override
    public void onPartialThinking(PartialThinking part) {
        call.delta(new ChatDelta.Reasoning(part.text()));
    }

    @Override
    public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
        closable(context.streamingHandle());
        onPartialThinking(part);
    }

    @Override
    public void onPartialToolCall(PartialToolCall part) {
        begunTools.add(part.index());
        call.delta(
                new ChatDelta.ToolCallPart(part.index(), text(part.id()), part.name(), text(part.partialArguments())));
    }

    @Override
    public void onPartialToolCall(PartialToolCall part, PartialToolCallContext context) {
        closable(context.streamingHandle());
        onPartialToolCall(part);
    }

    /** Some providers give whole calls only, and others no piece of a call without arguments. */
    @Override
    public void onCompleteToolCall(CompleteToolCall complete) {
        whole(complete.index(), complete.toolExecutionRequest());
    }

    /** A sign of life that is nothing else, such as a ping: the model is not silent. */
    @Override
    public void onUnmappedRawEvent(Object event) {
        call.delta(new ChatDelta.Reasoning(""));
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        content(response);
        Endings.tell(call, response);
    }

    /** An answer that was not streamed. */
    void onWholeResponse(ChatResponse response) {
        content(response);
        Endings.tellWhole(call, response);
    }

    /** What was not told in parts. */
    private void content(ChatResponse response) {
        AiMessage message = response.aiMessage();
        if (!hasText && message.text() != null) {
            onPartialResponse(message.text());
        }
        List<ToolExecutionRequest> requests = message.toolExecutionRequests();
        if (begunTools.isEmpty()) {
            for (int i = 0; i < requests.size(); i++) {
                whole(i, requests.get(i));
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        call.fail(ProviderFailures.of(failure));
    }

    private void whole(int index, ToolExecutionRequest request) {
        if (begunTools.add(index)) {
            call.delta(new ChatDelta.ToolCallPart(
                    index, text(request.id()), text(request.name()), text(request.arguments())));
        }
    }

    /** LangChain4j's own way to cancel, which is there from the first part on. */
    private void closable(@Nullable StreamingHandle handle) {
        if (!hasHandle && handle != null) {
            hasHandle = true;
            call.whenCancelled(() -> cancel(handle));
        }
    }

    private static void cancel(StreamingHandle handle) {
        try {
            handle.cancel();
        } catch (UnsupportedFeatureException e) {
            // This provider goes on, and what it says is dropped.
        }
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
