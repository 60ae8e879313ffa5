package dev.meerkat.examples.realmodel;

import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tools of which the model must call one; none if it is to answer with text.
 *
 * @param tools names of tools
 * @param peers the names that it may write where a tool takes a peer
 */
record ToolChoice(List<String> tools, List<String> peers) {
    static final ToolChoice TEXT = new ToolChoice(List.of(), List.of());

    /** So that it does not go on with the JSON that it has read. */
    private static final String PLAIN = "root ::= [A-Z] [^{}<>]*";

    private static final int TEXT_CHARS = 100;

    /** A grammar in GBNF that lets nothing pass but a call of one of the tools, as their schemas say; or a plain text. */
    String grammar(List<ChatTool> offered) {
        if (tools.isEmpty()) {
            return PLAIN;
        }
        List<Map<String, Object>> calls = offered.stream()
                .filter(tool -> tools.contains(tool.name()))
                .map(tool -> object(Map.of("const", tool.name()), arguments(tool.parameters())))
                .toList();
        return de.kherud.llama.LlamaModel.jsonSchemaToGrammar(
                Json.of(Map.of("anyOf", calls)).text());
    }

    private static Map<String, Object> object(Map<String, Object> tool, Map<String, Object> arguments) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("tool", tool);
        properties.put("arguments", arguments);
        return schema(properties);
    }

    private static Map<String, Object> schema(Map<String, Object> properties) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.copyOf(properties.keySet()));
        schema.put("additionalProperties", false);
        return schema;
    }

    /** The required parameters of a tool, with texts of bounded length and names of peers that there are. */
    private Map<String, Object> arguments(Json parameters) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Object name : parameters.at("/required").orElse(Json.of(List.of())).as(List.class)) {
            Json property = parameters.at("/properties/" + name).orElse(Json.EMPTY_OBJECT);
            boolean text = property.at("/type").filter(Json.of("string")::equals).isPresent();
            if (text && name.equals("to")) {
                properties.put("to", Map.of("enum", peers));
            } else {
                properties.put(
                        String.valueOf(name),
                        text ? Map.of("type", "string", "maxLength", TEXT_CHARS) : property);
            }
        }
        return schema(properties);
    }
}
