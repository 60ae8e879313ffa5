package dev.meerkat.agent;

import java.util.List;

/**
 * What a model gets to read.
 *
 * @param messages the conversation, oldest first
 * @param tools the tools that it may ask for
 */
public record ChatRequest(List<ChatMessage> messages, List<ChatTool> tools) {
    /** Copies the lists. */
    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }
}
