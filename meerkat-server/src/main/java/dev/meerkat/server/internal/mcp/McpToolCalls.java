package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.WireFault;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

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
    private final Runs runs;
    private final McpJson json;
    private final Scheduler writers = Writers.create();

    McpToolCalls(Shared shared, EventStreams streams, Runs runs, McpJson json) {
        this.shared = shared;
        this.streams = streams;
        this.runs = runs;
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
                .callHandler((exchange, request) -> call(tool, request.arguments(), told -> tell(exchange, told)))
                .build();
    }

    private Mono<Void> tell(McpAsyncServerExchange host, ObjectNode data) {
        McpSchema.LoggingMessageNotification told = McpSchema.LoggingMessageNotification.builder(
                        McpSchema.LoggingLevel.INFO, json.text(data))
                .build();
        return host.loggingNotification(told).subscribeOn(writers);
    }

    private Mono<McpSchema.CallToolResult> call(McpTool tool, Map<String, Object> arguments, Telling telling) {
        ObjectNode given = json.arguments(arguments == null ? Map.of() : arguments);
        return start(tool, given, telling)
                .publishOn(writers)
                .map(result -> McpSchema.CallToolResult.builder()
                        .addTextContent(json.text(result))
                        .isError(false)
                        .build())
                .onErrorMap(McpToolCalls::error);
    }

    private Mono<ObjectNode> start(McpTool tool, ObjectNode arguments, Telling telling) {
        return switch (tool.name()) {
            case "meerkat_run" -> Mono.defer(() -> waiting(runs.run(arguments, telling)));
            case "meerkat_resume" -> Mono.defer(() -> waiting(runs.resume(arguments, telling)));
            case "meerkat_event_stream_open" -> Mono.fromFuture(() -> streams.open(arguments), true);
            case "meerkat_event_stream_read" -> Mono.fromFuture(() -> streams.read(arguments), true);
            case "meerkat_event_stream_close" -> Mono.fromFuture(() -> streams.close(arguments), true);
            default ->
                Mono.fromFuture(
                        () -> shared.calls()
                                .start(tool.method(), arguments, CALLER)
                                .answer()
                                .thenApply(answer -> ToolAnswers.of(tool.name(), arguments, answer.result())),
                        true);
        };
    }

    /** Hosts take a call back by cancelling it. */
    private static Mono<ObjectNode> waiting(HostCall call) {
        return Mono.fromCompletionStage(call.answer()).doOnCancel(call::cancel);
    }

    private static Throwable error(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WireFault fault) {
            McpError.Builder error =
                    McpError.builder(fault.code()).message(ToolAnswers.inTheWordsOfTools(fault.message()));
            return (fault.data() == null ? error : error.data(fault.data())).build();
        }
        return McpError.builder(McpSchema.ErrorCodes.INTERNAL_ERROR)
                .message("Internal error")
                .build();
    }
}
