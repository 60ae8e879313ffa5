package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Limits;
import dev.meerkat.json.internal.WireJson;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** The JSON of the MCP library: bounded like the other surfaces', and with numbers kept to the digit. Thread-safe. */
final class McpJson {
    /** What the messages of MCP nest around a value of the API. */
    private static final int ENVELOPE_DEPTH = 20;

    /** Any JSON, null included. */
    private static final Set<String> MAY_BE_NULL = Set.of("payload", "params", "result");

    private final JsonMapper mapper;

    McpJson(int messageBytes) {
        mapper = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .addModule(new SimpleModule()
                        .addSerializer(Throwable.class, new FaultWriter())
                        .addSerializer(McpSchema.LoggingMessageNotification.class, new NotificationWriter()))
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Limits.JSON_DEPTH + ENVELOPE_DEPTH)
                        .maxStringLength(messageBytes)
                        .build());
    }

    /** The library writes what it refuses as the bean of an exception, with all of its stack trace. */
    private static final class FaultWriter extends JsonSerializer<Throwable> {
        @Override
        public void serialize(Throwable failure, JsonGenerator out, SerializerProvider all) throws IOException {
            McpSchema.JSONRPCResponse.JSONRPCError error = failure instanceof McpError e ? e.getJsonRpcError() : null;
            // What a parser has to say names classes.
            boolean inside = error == null || error.message().contains("java.");
            out.writeStartObject();
            out.writeStringField("jsonrpc", "2.0");
            out.writeNullField("id");
            out.writeObjectFieldStart("error");
            out.writeNumberField("code", error == null ? McpSchema.ErrorCodes.INVALID_REQUEST : error.code());
            out.writeStringField("message", inside || error == null ? "the message cannot be read" : error.message());
            out.writeEndObject();
            out.writeEndObject();
        }
    }

    /** The library takes only a text for what may be any JSON, so that text is JSON itself. */
    private static final class NotificationWriter extends JsonSerializer<McpSchema.LoggingMessageNotification> {
        @Override
        public void serialize(McpSchema.LoggingMessageNotification told, JsonGenerator out, SerializerProvider all)
                throws IOException {
            out.writeStartObject();
            all.defaultSerializeField("level", told.level(), out);
            out.writeFieldName("data");
            out.writeRawValue(told.data());
            out.writeEndObject();
        }
    }

    McpJsonMapper forLibrary() {
        return new JacksonMcpJsonMapper(mapper);
    }

    /** The arguments of a call. Models write null for what they leave out, so it counts as left out where it can. */
    ObjectNode arguments(Map<String, Object> arguments) {
        ObjectNode read = WireJson.object();
        arguments.forEach((name, value) -> {
            if (value != null || MAY_BE_NULL.contains(name)) {
                read.set(name, mapper.valueToTree(value));
            }
        });
        return read;
    }

    /** The arguments of a tool as the library wants them. */
    Map<String, Object> map(ObjectNode tree) {
        return mapper.convertValue(tree, new TypeReference<>() {});
    }

    String text(JsonNode tree) {
        try {
            return mapper.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a result cannot be written as JSON", e);
        }
    }
}
