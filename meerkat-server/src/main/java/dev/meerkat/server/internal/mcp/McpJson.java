package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.UntypedObjectDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Limits;
import dev.meerkat.wire.internal.SpeltNumber;
import dev.meerkat.wire.internal.WireJson;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON of the MCP library: bounded like the other surfaces', and with numbers kept as they are spelt. Thread-safe. */
final class McpJson {
    /** What the messages of MCP nest around a value of the API. */
    private static final int ENVELOPE_DEPTH = 20;

    /** Any JSON, null included. */
    private static final Set<String> MAY_BE_NULL = Set.of("payload", "params", "result");

    /** How the library's refusals begin whose rest is the message of an exception. */
    private static final List<String> OF_EXCEPTIONS =
            List.of("Invalid message format", "Error processing message", "Failed to initialize session");

    private final JsonMapper mapper;

    McpJson(int messageBytes) {
        mapper = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .addModule(new SimpleModule()
                        .addSerializer(Throwable.class, new FaultWriter())
                        .addDeserializer(Object.class, new ValueReader())
                        .addSerializer(McpSchema.JSONRPCResponse.JSONRPCError.class, new ErrorWriter())
                        .addSerializer(McpSchema.LoggingMessageNotification.class, new NotificationWriter()))
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Limits.JSON_DEPTH + ENVELOPE_DEPTH)
                        .maxStringLength(messageBytes)
                        .maxNumberLength(messageBytes)
                        .build());
    }

    /** The library reads calls as maps of any values, and would compute with the numbers in them. */
    private static final class ValueReader extends UntypedObjectDeserializer {
        private static final long serialVersionUID = 1L;

        ValueReader() {
            super((JavaType) null, null);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            boolean number = parser.currentToken().isNumeric();
            return number && SpeltNumber.isNeeded(parser.getText())
                    ? new SpeltNumber(parser.getText())
                    : super.deserialize(parser, context);
        }
    }

    /** The library writes what it refuses as the bean of an exception, with all of its stack trace. */
    private static final class FaultWriter extends JsonSerializer<Throwable> {
        @Override
        public void serialize(Throwable failure, JsonGenerator out, SerializerProvider all) throws IOException {
            McpSchema.JSONRPCResponse.JSONRPCError error = failure instanceof McpError e ? e.getJsonRpcError() : null;
            boolean inside = error == null || OF_EXCEPTIONS.stream().anyMatch(error.message()::startsWith);
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

    /** What the library says of an exception is its message and those of its causes, which name classes. */
    private static final class ErrorWriter extends JsonSerializer<McpSchema.JSONRPCResponse.JSONRPCError> {
        @Override
        public void serialize(McpSchema.JSONRPCResponse.JSONRPCError error, JsonGenerator out, SerializerProvider all)
                throws IOException {
            boolean exception =
                    error.code() == McpSchema.ErrorCodes.INTERNAL_ERROR && !(error.data() instanceof JsonNode);
            out.writeStartObject();
            out.writeNumberField("code", exception ? McpSchema.ErrorCodes.INVALID_PARAMS : error.code());
            out.writeStringField(
                    "message",
                    exception ? "Invalid params: they do not have the form that the method takes" : error.message());
            if (!exception && error.data() != null) {
                out.writeFieldName("data");
                all.defaultSerializeValue(error.data(), out);
            }
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
        return new AnsweringMapper(new JacksonMcpJsonMapper(mapper));
    }

    /** The arguments of a call. Models write null for what they leave out, so it counts as left out where it can. */
    ObjectNode arguments(Map<String, Object> arguments) {
        ObjectNode read = WireJson.object();
        arguments.forEach((name, value) -> {
            if (value != null || MAY_BE_NULL.contains(name)) {
                read.set(name, tree(value));
            }
        });
        return read;
    }

    private JsonNode tree(@Nullable Object value) {
        try {
            return WireJson.read(mapper.writeValueAsString(value));
        } catch (IOException e) {
            throw new UncheckedIOException("what was read as JSON", e);
        }
    }

    /** The parameters of a message as the library reads them. */
    Object params(ObjectNode tree) {
        try {
            return mapper.readValue(WireJson.write(tree), Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
