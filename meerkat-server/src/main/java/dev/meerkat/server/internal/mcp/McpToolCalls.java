package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.WireFault;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** Carries out the calls of tools. A tool that fails is an error of JSON-RPC, as hosts of the reference expect. */
final class McpToolCalls {
    /** No connection to call back to, and nobody who wants copies of events. */
    private static final Caller CALLER = new Caller() {
        @Override
        public Surface surface() {
            return Surface.MCP;
        }

        @Override
        public void engaged(SessionId session, boolean created, boolean copies) {}
    };

    private final Shared shared;
    private final EventStreams streams;
    private final McpJson json;

    McpToolCalls(Shared shared, EventStreams streams, McpJson json) {
        this.shared = shared;
        this.streams = streams;
        this.json = json;
    }

    List<AsyncToolSpecification> specifications() {
        return McpTool.all().stream().map(this::specification).toList();
    }

    private AsyncToolSpecification specification(McpTool tool) {
        McpSchema.Tool listed = McpSchema.Tool.builder(tool.name(), json.map(tool.inputSchema()))
                .description(tool.description())
                .build();
        return AsyncToolSpecification.builder()
                .tool(listed)
                .callHandler((exchange, request) -> call(tool, request.arguments()))
                .build();
    }

    private Mono<McpSchema.CallToolResult> call(McpTool tool, Map<String, Object> arguments) {
        ObjectNode given = json.arguments(arguments == null ? Map.of() : arguments);
        return start(tool, given)
                .map(result -> McpSchema.CallToolResult.builder()
                        .addTextContent(json.text(result))
                        .isError(false)
                        .build())
                .onErrorMap(McpToolCalls::error);
    }

    private Mono<ObjectNode> start(McpTool tool, ObjectNode arguments) {
        return switch (tool.name()) {
            case "meerkat_event_stream_open" -> Mono.fromFuture(() -> streams.open(arguments), true);
            case "meerkat_event_stream_read" -> Mono.fromFuture(() -> streams.read(arguments), true);
            case "meerkat_event_stream_close" -> Mono.fromFuture(() -> streams.close(arguments), true);
            default -> Mono.defer(() -> pending(tool, shared.calls().start(tool.method(), arguments, CALLER)));
        };
    }

    private static Mono<ObjectNode> pending(McpTool tool, PendingCall call) {
        CompletionStage<ObjectNode> shaped = call.answer().thenApply(answer -> shaped(tool, answer));
        // Hosts take a call back by cancelling it.
        return Mono.fromCompletionStage(shaped).doOnCancel(call::cancel);
    }

    private static ObjectNode shaped(McpTool tool, Answer answer) {
        ObjectNode result = WireJson.object();
        switch (tool.name()) {
            case "meerkat_run", "meerkat_resume" -> {
                ArrayNode content = result.putArray("content");
                content.addObject()
                        .put("type", "text")
                        .set("text", answer.result().path("text"));
                answer.result().properties().forEach(field -> {
                    if (!field.getKey().equals("text")) {
                        result.set(field.getKey(), field.getValue());
                    }
                });
                return result;
            }
            case "meerkat_comms_send" -> {
                result.set("receipt", answer.result());
                return result;
            }
            default -> {
                return answer.result();
            }
        }
    }

    private static Throwable error(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WireFault fault) {
            McpError.Builder error = McpError.builder(fault.code()).message(fault.message());
            return (fault.data() == null ? error : error.data(fault.data())).build();
        }
        return McpError.builder(McpSchema.ErrorCodes.INTERNAL_ERROR)
                .message("Internal error")
                .build();
    }
}
