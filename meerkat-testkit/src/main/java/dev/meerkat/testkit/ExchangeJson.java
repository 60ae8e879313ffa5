package dev.meerkat.testkit;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.TransientFailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call of a model as one line of JSON, without secrets, and with names instead of ids. */
final class ExchangeJson {
    private ExchangeJson() {}

    /** A call that was recorded. */
    record Recorded(ChatRequest request, Exchange.Answer answer) {}

    static String write(ChatRequest request, Exchange.Answer answer, Secrets secrets) {
        StableIds ids = new StableIds();
        ChatRequest shown = ExchangeScrub.request(request, secrets, ids);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(
                "messages", shown.messages().stream().map(ExchangeJson::message).toList());
        line.put("tools", shown.tools().stream().map(ExchangeJson::tool).toList());
        line.put(
                "answer",
                ExchangeScrub.answer(answer.deltas(), text -> ids.hide(secrets.scrub(text))).stream()
                        .map(ExchangeJson::delta)
                        .toList());
        line.put("end", end(answer.end(), secrets));
        return Json.of(line).text();
    }

    private static Map<String, Object> message(ChatMessage message) {
        Map<String, Object> form = new LinkedHashMap<>();
        if (message instanceof ChatMessage.Instructions instructions) {
            form.put("role", "instructions");
            form.put("text", instructions.text());
        } else if (message instanceof ChatMessage.User user) {
            form.put("role", "user");
            form.put("text", user.text());
        } else if (message instanceof ChatMessage.Assistant assistant) {
            form.put("role", "assistant");
            form.put("text", assistant.text());
            form.put("calls", assistant.calls().stream().map(ExchangeJson::call).toList());
        } else if (message instanceof ChatMessage.ToolResult result) {
            form.put("role", "tool");
            form.put("id", result.id());
            form.put("name", result.name());
            form.put("text", result.text());
            form.put("failed", result.failed());
        }
        return form;
    }

    private static Map<String, Object> call(ChatMessage.Call call) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("id", call.id());
        form.put("name", call.name());
        form.put("arguments", call.arguments());
        return form;
    }

    private static Map<String, Object> tool(ChatTool tool) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("name", tool.name());
        form.put("description", tool.description());
        form.put("parameters", tool.parameters());
        return form;
    }

    private static Map<String, Object> delta(ChatDelta delta) {
        Map<String, Object> form = new LinkedHashMap<>();
        if (delta instanceof ChatDelta.Text piece) {
            form.put("text", piece.text());
        } else if (delta instanceof ChatDelta.Reasoning piece) {
            form.put("reasoning", piece.text());
        } else if (delta instanceof ChatDelta.ToolCallPart part) {
            form.put("call", part.index());
            form.put("id", part.id());
            form.put("name", part.name());
            form.put("arguments", part.arguments());
        } else if (delta instanceof ChatDelta.Used used) {
            form.put("input_tokens", used.usage().inputTokens());
            form.put("output_tokens", used.usage().outputTokens());
        } else if (delta instanceof ChatDelta.Finished finished) {
            form.put("finished", finished.reason().word());
        }
        return form;
    }

    private static Map<String, Object> end(Exchange.@Nullable End end, Secrets secrets) {
        Map<String, Object> form = new LinkedHashMap<>();
        if (end instanceof Exchange.Failed failed) {
            form.put("failed", failed.failure().kind().name());
            form.put("message", secrets.scrub(String.valueOf(failed.failure().getMessage())));
            retryAfter(failed.failure()).ifPresent(wait -> form.put("retry_after_ms", wait.toMillis()));
        } else {
            form.put(end instanceof Exchange.Complete ? "complete" : "cancelled", true);
        }
        return form;
    }

    private static Optional<Duration> retryAfter(ModelException failure) {
        return failure.getCause() instanceof TransientFailureException transientFailure
                ? transientFailure.retryAfter()
                : Optional.empty();
    }

    /** Reads a line; fails with {@link dev.meerkat.api.InvalidFieldException} if it is none. */
    static Recorded read(String line) {
        Json json = Json.parse(line);
        List<ChatMessage> messages =
                items(json, "messages").stream().map(ExchangeJson::messageOf).toList();
        List<ChatTool> tools =
                items(json, "tools").stream().map(ExchangeJson::toolOf).toList();
        List<ChatDelta> deltas =
                items(json, "answer").stream().map(ExchangeJson::deltaOf).toList();
        return new Recorded(new ChatRequest(messages, tools), new Exchange.Answer(deltas, endOf(json)));
    }

    private static List<Json> items(Json json, String name) {
        List<Json> items = new ArrayList<>();
        Optional<Json> item = json.at("/" + name + "/0");
        while (item.isPresent()) {
            items.add(item.get());
            item = json.at("/" + name + "/" + items.size());
        }
        return items;
    }

    private static Optional<String> optional(Json json, String name) {
        return json.at("/" + name).map(value -> value.as(String.class));
    }

    private static String text(Json json, String name) {
        return optional(json, name)
                .orElseThrow(() -> new IllegalArgumentException("the recorded line lacks " + name + ": " + json));
    }

    private static long number(Json json, String name) {
        return json.at("/" + name)
                .map(value -> value.as(Long.class))
                .orElseThrow(() -> new IllegalArgumentException("the recorded line lacks " + name + ": " + json));
    }

    private static ChatMessage messageOf(Json form) {
        String text = text(form, "text");
        return switch (text(form, "role")) {
            case "instructions" -> new ChatMessage.Instructions(text);
            case "user" -> new ChatMessage.User(text);
            case "assistant" ->
                new ChatMessage.Assistant(
                        text,
                        items(form, "calls").stream()
                                .map(call -> new ChatMessage.Call(
                                        text(call, "id"),
                                        text(call, "name"),
                                        call.at("/arguments").orElse(Json.NULL)))
                                .toList());
            default ->
                new ChatMessage.ToolResult(
                        text(form, "id"),
                        text(form, "name"),
                        text,
                        form.at("/failed").orElse(Json.NULL).as(Boolean.class));
        };
    }

    private static ChatTool toolOf(Json form) {
        return new ChatTool(
                text(form, "name"),
                text(form, "description"),
                form.at("/parameters").orElse(Json.EMPTY_OBJECT),
                (arguments, key) -> {
                    throw new IllegalStateException("a recorded tool does no work");
                });
    }

    private static ChatDelta deltaOf(Json form) {
        Optional<String> text = optional(form, "text");
        if (text.isPresent()) {
            return new ChatDelta.Text(text.get());
        }
        Optional<String> reasoning = optional(form, "reasoning");
        if (reasoning.isPresent()) {
            return new ChatDelta.Reasoning(reasoning.get());
        }
        Optional<String> finished = optional(form, "finished");
        if (finished.isPresent()) {
            return new ChatDelta.Finished(new FinishReason(finished.get()));
        }
        return form.at("/call").isPresent()
                ? new ChatDelta.ToolCallPart(
                        (int) number(form, "call"), text(form, "id"), text(form, "name"), text(form, "arguments"))
                : new ChatDelta.Used(new Usage(number(form, "input_tokens"), number(form, "output_tokens")));
    }

    private static Exchange.End endOf(Json json) {
        Json end = json.at("/end").orElse(Json.EMPTY_OBJECT);
        Optional<String> failed = optional(end, "failed");
        if (failed.isEmpty()) {
            return end.at("/complete").isPresent() ? new Exchange.Complete() : new Exchange.Cancelled();
        }
        String message = text(end, "message");
        return new Exchange.Failed(
                end.at("/retry_after_ms").isPresent()
                        ? new ModelException(message, Duration.ofMillis(number(end, "retry_after_ms")))
                        : new ModelException(ModelException.Kind.valueOf(failed.get()), message, null));
    }
}
