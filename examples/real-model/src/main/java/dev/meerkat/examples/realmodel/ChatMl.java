package dev.meerkat.examples.realmodel;

import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatRequest;

/** A conversation in the form in which the model was trained to read it. */
final class ChatMl {
    static final String END = "<|im_end|>";

    private ChatMl() {}

    static String prompt(ChatRequest request) {
        StringBuilder prompt = new StringBuilder();
        for (ChatMessage message : request.messages()) {
            if (message instanceof ChatMessage.Instructions instructions) {
                add(prompt, "system", instructions.text());
            } else if (message instanceof ChatMessage.User user) {
                add(prompt, "user", user.text());
            } else if (message instanceof ChatMessage.Assistant assistant) {
                StringBuilder text = new StringBuilder(assistant.text());
                assistant.calls().forEach(call -> text.append("{\"tool\":\"")
                        .append(call.name())
                        .append("\",\"arguments\":")
                        .append(call.arguments().text())
                        .append('}'));
                add(prompt, "assistant", text.toString());
            } else if (message instanceof ChatMessage.ToolResult result) {
                add(prompt, "user", "The tool " + result.name() + (result.failed() ? " failed: " : " did: ")
                        + result.text() + ". Say in one plain sentence what you have done.");
            }
        }
        return prompt.append("<|im_start|>assistant\n").toString();
    }

    private static void add(StringBuilder prompt, String role, String text) {
        prompt.append("<|im_start|>")
                .append(role)
                .append('\n')
                .append(text)
                .append(END)
                .append('\n');
    }
}
