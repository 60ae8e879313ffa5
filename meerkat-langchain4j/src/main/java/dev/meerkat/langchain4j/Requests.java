package dev.meerkat.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Our requests as those of LangChain4j. Thread-safe. */
final class Requests {
    /** The tools of the newest request. An agent gives the same list each time, and to translate schemas takes long. */
    private volatile Translated translated = new Translated(List.of(), List.of());

    private record Translated(List<ChatTool> tools, List<ToolSpecification> specifications) {}

    dev.langchain4j.model.chat.request.ChatRequest of(ChatRequest request) {
        List<dev.langchain4j.data.message.ChatMessage> messages = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            message(message).ifPresent(messages::add);
        }
        return dev.langchain4j.model.chat.request.ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(tools(request.tools()))
                .build();
    }

    @SuppressWarnings("ReferenceEquality") // To compare schemas would take as long as to translate them.
    private List<ToolSpecification> tools(List<ChatTool> tools) {
        Translated newest = translated;
        if (newest.tools() != tools) {
            newest = new Translated(tools, tools.stream().map(Requests::tool).toList());
            translated = newest;
        }
        return newest.specifications();
    }

    private static Optional<dev.langchain4j.data.message.ChatMessage> message(ChatMessage message) {
        if (message instanceof ChatMessage.Instructions instructions) {
            return instructions.text().isBlank()
                    ? Optional.empty()
                    : Optional.of(SystemMessage.from(instructions.text()));
        } else if (message instanceof ChatMessage.User user) {
            return Optional.of(UserMessage.from(user.text()));
        } else if (message instanceof ChatMessage.Assistant assistant) {
            return assistant(assistant);
        } else if (message instanceof ChatMessage.ToolResult result) {
            return Optional.of(ToolExecutionResultMessage.builder()
                    .id(result.id())
                    .toolName(result.name())
                    .text(result.text())
                    .isError(result.failed())
                    .build());
        }
        throw new IllegalStateException("no such message: " + message.getClass());
    }

    /** Providers refuse a message that says nothing. */
    private static Optional<dev.langchain4j.data.message.ChatMessage> assistant(ChatMessage.Assistant assistant) {
        if (assistant.text().isBlank() && assistant.calls().isEmpty()) {
            return Optional.empty();
        }
        AiMessage.Builder message = AiMessage.builder();
        if (!assistant.text().isBlank()) {
            message.text(assistant.text());
        }
        return Optional.of(message.toolExecutionRequests(
                        assistant.calls().stream().map(Requests::call).toList())
                .build());
    }

    private static ToolExecutionRequest call(ChatMessage.Call call) {
        return ToolExecutionRequest.builder()
                .id(call.id())
                .name(call.name())
                .arguments(arguments(call.arguments()))
                .build();
    }

    /** Providers take objects only, but a model may have written anything: it sees what it wrote in an object. */
    private static String arguments(Json arguments) {
        return arguments.text().startsWith("{")
                ? arguments.text()
                : Json.of(Map.of("not_an_object", arguments)).text();
    }

    private static ToolSpecification tool(ChatTool tool) {
        return ToolSpecification.builder()
                .name(tool.name())
                .description(tool.description())
                .parameters(parameters(tool.parameters()))
                .build();
    }

    /** Each property as it is, so that nothing of its schema is lost. */
    private static JsonObjectSchema parameters(Json schema) {
        JsonObjectSchema.Builder parameters = JsonObjectSchema.builder().addProperties(members(schema, "/properties"));
        Map<String, JsonSchemaElement> definitions = members(schema, "/$defs");
        if (!definitions.isEmpty()) {
            parameters.definitions(definitions);
        }
        schema.at("/required").ifPresent(names -> parameters.required(names.as(String[].class)));
        schema.at("/description").ifPresent(text -> parameters.description(text.as(String.class)));
        return parameters.build();
    }

    private static Map<String, JsonSchemaElement> members(Json schema, String pointer) {
        Map<String, JsonSchemaElement> members = new LinkedHashMap<>();
        Map<?, ?> all = schema.at(pointer).orElse(Json.EMPTY_OBJECT).as(Map.class);
        all.forEach((name, member) -> members.put(
                String.valueOf(name), JsonRawSchema.from(Json.of(member).text())));
        return members;
    }
}
