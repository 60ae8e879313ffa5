package dev.meerkat.springai;

import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Our requests as those of Spring AI. */
final class Prompts {
    private Prompts() {}

    /** Results of tools that stand together are one message. */
    static List<Message> messages(List<ChatMessage> messages) {
        List<Message> prompt = new ArrayList<>();
        List<ToolResponseMessage.ToolResponse> results = new ArrayList<>();
        for (ChatMessage message : messages) {
            if (message instanceof ChatMessage.ToolResult result) {
                results.add(new ToolResponseMessage.ToolResponse(result.id(), result.name(), result.text()));
                continue;
            }
            flush(results, prompt);
            if (message instanceof ChatMessage.Instructions instructions) {
                prompt.add(new SystemMessage(instructions.text()));
            } else if (message instanceof ChatMessage.User user) {
                prompt.add(new UserMessage(user.text()));
            } else if (message instanceof ChatMessage.Assistant assistant && !isEmpty(assistant)) {
                prompt.add(AssistantMessage.builder()
                        .content(assistant.text())
                        .toolCalls(assistant.calls().stream().map(Prompts::call).toList())
                        .build());
            }
        }
        flush(results, prompt);
        return prompt;
    }

    private static void flush(List<ToolResponseMessage.ToolResponse> results, List<Message> prompt) {
        if (!results.isEmpty()) {
            prompt.add(ToolResponseMessage.builder()
                    .responses(List.copyOf(results))
                    .build());
            results.clear();
        }
    }

    /** Providers refuse a message that says nothing. */
    private static boolean isEmpty(ChatMessage.Assistant assistant) {
        return assistant.text().isBlank() && assistant.calls().isEmpty();
    }

    /** Providers take objects only, but a model may have written anything: it sees what it wrote in an object. */
    private static AssistantMessage.ToolCall call(ChatMessage.Call call) {
        String arguments = call.arguments().text().startsWith("{")
                ? call.arguments().text()
                : Json.of(Map.of("not_an_object", call.arguments())).text();
        return new AssistantMessage.ToolCall(call.id(), "function", call.name(), arguments);
    }

    /** The model's own options, since another kind of them may lose what only its provider knows. */
    static ChatOptions options(ChatOptions own, List<ChatTool> tools) {
        ToolCallingChatOptions.Builder<?> options = own instanceof ToolCallingChatOptions calling
                ? calling.mutate()
                : ToolCallingChatOptions.builder().model(own.getModel());
        return options.toolCallbacks(
                        tools.stream().<ToolCallback>map(Shown::new).toList())
                .build();
    }

    /** A tool that is shown to a model, and called by the agent. */
    private record Shown(ChatTool tool) implements ToolCallback {
        @Override
        public ToolDefinition getToolDefinition() {
            return ToolDefinition.builder()
                    .name(tool.name())
                    .description(tool.description())
                    .inputSchema(tool.parameters().text())
                    .build();
        }

        @Override
        public String call(String toolInput) {
            throw new IllegalStateException("tools are called by the agent");
        }
    }
}
