package dev.meerkat.testkit;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Replaces parts of the texts of a call, also those that come in pieces. */
final class ExchangeScrub {
    private ExchangeScrub() {}

    static ChatRequest request(ChatRequest request, Secrets secrets, StableIds ids) {
        UnaryOperator<String> change = text -> ids.hide(secrets.scrub(text));
        return new ChatRequest(
                request.messages().stream()
                        .map(message -> message(message, change))
                        .toList(),
                request.tools());
    }

    private static ChatMessage message(ChatMessage message, UnaryOperator<String> change) {
        if (message instanceof ChatMessage.Instructions instructions) {
            return new ChatMessage.Instructions(change.apply(instructions.text()));
        }
        if (message instanceof ChatMessage.User user) {
            return new ChatMessage.User(change.apply(user.text()));
        }
        if (message instanceof ChatMessage.Assistant assistant) {
            return new ChatMessage.Assistant(
                    change.apply(assistant.text()),
                    assistant.calls().stream()
                            .map(call -> new ChatMessage.Call(call.id(), call.name(), json(call.arguments(), change)))
                            .toList());
        }
        ChatMessage.ToolResult result = (ChatMessage.ToolResult) message;
        return new ChatMessage.ToolResult(result.id(), result.name(), change.apply(result.text()), result.failed());
    }

    private static Json json(Json json, UnaryOperator<String> change) {
        String changed = change.apply(json.text());
        if (changed.equals(json.text())) {
            return json;
        }
        try {
            return Json.parse(changed);
        } catch (InvalidFieldException e) {
            // A pattern has cut through the JSON: what is left is a text.
            return Json.of(changed);
        }
    }

    /** A text that changes is in one piece afterwards, for what is replaced may lie across pieces. */
    static List<ChatDelta> answer(List<ChatDelta> deltas, UnaryOperator<String> change) {
        Map<Object, StringBuilder> whole = new HashMap<>();
        deltas.forEach(delta ->
                whole.computeIfAbsent(stream(delta), key -> new StringBuilder()).append(piece(delta)));
        Map<Object, String> changed = new HashMap<>();
        whole.forEach((stream, text) -> {
            String after = change.apply(text.toString());
            if (!after.contentEquals(text)) {
                changed.put(stream, after);
            }
        });
        List<ChatDelta> result = new ArrayList<>();
        for (ChatDelta delta : deltas) {
            Object stream = stream(delta);
            if (changed.containsKey(stream)) {
                String text = String.valueOf(changed.get(stream));
                changed.put(stream, "");
                result.add(with(delta, text));
            } else {
                result.add(delta);
            }
        }
        return result;
    }

    private static Object stream(ChatDelta delta) {
        return delta instanceof ChatDelta.ToolCallPart part ? part.index() : delta.getClass();
    }

    private static String piece(ChatDelta delta) {
        if (delta instanceof ChatDelta.Text text) {
            return text.text();
        }
        if (delta instanceof ChatDelta.Reasoning reasoning) {
            return reasoning.text();
        }
        return delta instanceof ChatDelta.ToolCallPart part ? part.arguments() : "";
    }

    private static ChatDelta with(ChatDelta delta, String text) {
        if (delta instanceof ChatDelta.Text) {
            return new ChatDelta.Text(text);
        }
        if (delta instanceof ChatDelta.Reasoning) {
            return new ChatDelta.Reasoning(text);
        }
        return delta instanceof ChatDelta.ToolCallPart part
                ? new ChatDelta.ToolCallPart(part.index(), part.id(), part.name(), text)
                : delta;
    }
}
