package dev.meerkat.springai;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Usage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/** Tells a listener what the parts of a streamed answer add. Told by one thread at a time. */
final class SpringAiAnswer {
    private final ChatModel.Listener listener;
    private int tools;
    private String lastId = "";

    SpringAiAnswer(ChatModel.Listener listener) {
        this.listener = listener;
    }

    void add(ChatResponse part) {
        Generation generation = part.getResult();
        if (generation != null) {
            String text = generation.getOutput().getText();
            if (text != null && !text.isEmpty()) {
                listener.onDelta(new ChatDelta.Text(text));
            }
            generation.getOutput().getToolCalls().forEach(this::tool);
        }
        org.springframework.ai.chat.metadata.Usage usage = part.getMetadata().getUsage();
        if (usage != null && count(usage.getTotalTokens()) > 0) {
            listener.onDelta(
                    new ChatDelta.Used(new Usage(count(usage.getPromptTokens()), count(usage.getCompletionTokens()))));
        }
        String reason = generation == null ? null : generation.getMetadata().getFinishReason();
        if (reason != null && !reason.isBlank()) {
            listener.onDelta(new ChatDelta.Finished(reason(reason)));
        }
    }

    /** A piece without an id of its own goes on with the call before it. */
    private void tool(AssistantMessage.ToolCall call) {
        String id = text(call.id());
        if (tools == 0 || !(id.isEmpty() || id.equals(lastId))) {
            tools++;
            lastId = id;
        }
        listener.onDelta(new ChatDelta.ToolCallPart(tools - 1, id, text(call.name()), text(call.arguments())));
    }

    private static FinishReason reason(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "stop", "end_turn", "stop_sequence" -> FinishReason.STOP;
            case "length", "max_tokens" -> FinishReason.LENGTH;
            case "tool_calls", "tool_call", "tool_use" -> FinishReason.TOOL_CALLS;
            case "content_filter", "refusal", "safety" -> FinishReason.CONTENT_FILTER;
            default -> new FinishReason(word);
        };
    }

    private static long count(@Nullable Integer tokens) {
        return tokens == null ? 0 : Math.max(0, tokens);
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
