package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A host with the client of the official library, which hears notifications whose data are no text. */
final class McpHost implements AutoCloseable {
    static final Duration GUARD = Duration.ofSeconds(60);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addDeserializer(McpSchema.LoggingMessageNotification.class, new NotificationReader()))
            .build();

    private final McpSyncClient client;
    final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();

    McpHost(Function<JacksonMcpJsonMapper, McpClientTransport> transport) {
        client = McpClient.sync(transport.apply(new JacksonMcpJsonMapper(MAPPER)))
                .requestTimeout(GUARD)
                .initializationTimeout(GUARD)
                .loggingConsumer(told -> heard.add(read(told.data())))
                .build();
        client.initialize();
    }

    private static final class NotificationReader extends JsonDeserializer<McpSchema.LoggingMessageNotification> {
        @Override
        public McpSchema.LoggingMessageNotification deserialize(JsonParser in, DeserializationContext all)
                throws IOException {
            JsonNode told = in.readValueAsTree();
            assertThat(told.path("level").textValue()).isEqualTo("info");
            return McpSchema.LoggingMessageNotification.builder(
                            McpSchema.LoggingLevel.INFO, told.path("data").toString())
                    .build();
        }
    }

    McpSyncClient client() {
        return client;
    }

    /** Calls a tool with arguments in which ' stands for ". */
    JsonNode call(String tool, String arguments) {
        McpSchema.CallToolResult result = client.callTool(McpSchema.CallToolRequest.builder(tool)
                .arguments(arguments(arguments))
                .build());
        return read(((McpSchema.TextContent) result.content().get(0)).text());
    }

    /** The error of a call. */
    McpSchema.JSONRPCResponse.JSONRPCError failure(String tool, String arguments) {
        McpError error = catchThrowableOfType(McpError.class, () -> call(tool, arguments));
        assertThat(error).as("an error").isNotNull();
        return error.getJsonRpcError();
    }

    private static Map<String, Object> arguments(String text) {
        JsonNode tree = read(text.replace('\'', '"'));
        return tree.properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> MAPPER.convertValue(each.getValue(), Object.class)));
    }

    private static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    /** The only call that a turn waits for, of an answer that says that it waits. */
    static JsonNode waiting(JsonNode answer) {
        assertThat(answer.path("status").textValue()).as(answer.toString()).isEqualTo("pending_tool_call");
        assertThat(answer.at("/content/0/text").textValue()).isEqualTo("Agent is waiting for tool results");
        assertThat(StreamSupport.stream(answer.path("pending_tool_calls").spliterator(), false))
                .hasSize(1);
        return answer.at("/pending_tool_calls/0");
    }

    @Override
    public void close() {
        client.close();
    }
}
