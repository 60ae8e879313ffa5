package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TraceContext;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.wire.internal.fault.WireFault;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
                .callHandler((exchange, request) -> Mono.defer(() -> {
                    McpCall call = exchange.transportContext().get(McpCall.KEY) instanceof McpCall known
                            ? known
                            : new McpCall();
                    return call(tool, request, call, told -> tell(exchange, call, told));
                }))
                .build();
    }

    /** By log messages, which the library deprecates for a later protocol; hosts of today read them. */
    @SuppressWarnings("deprecation")
    private Mono<Void> tell(McpAsyncServerExchange host, McpCall call, ObjectNode data) {
        String text = json.text(data);
        McpSchema.LoggingMessageNotification told = McpSchema.LoggingMessageNotification.builder(
                        McpSchema.LoggingLevel.INFO, text)
                .build();
        return call.counted(text, host.loggingNotification(told)).subscribeOn(writers);
    }

    private Mono<McpSchema.CallToolResult> call(
            McpTool tool, McpSchema.CallToolRequest request, McpCall call, Telling telling) {
        ObjectNode given = json.arguments(request.arguments() == null ? Map.of() : request.arguments());
        return Mono.defer(() -> whole(() -> {
                    KnownFields.checkSpelling(tool.method().isEmpty() ? tool.name() : tool.method(), given);
                    TraceContext.Scope scope = TraceContext.enter(trace(request));
                    try {
                        return start(tool, given, call, telling);
                    } finally {
                        scope.close();
                    }
                }))
                .publishOn(writers)
                .map(result -> whole(() -> answer(json.text(result), call)))
                .onErrorMap(McpToolCalls::error);
    }

    private static @Nullable TraceContext trace(McpSchema.CallToolRequest request) {
        Object parent = request.meta() == null ? null : request.meta().get("traceparent");
        return TraceContext.parse(parent instanceof String text ? text : null).orElse(null);
    }

    /** The library lets an error of the machine end its thread, and nobody would be answered. */
    private static <T> T whole(Supplier<T> step) {
        try {
            return step.get();
        } catch (Error e) {
            throw Faults.of(e);
        }
    }

    private static McpSchema.CallToolResult answer(String text, McpCall call) {
        call.keep(text);
        return McpSchema.CallToolResult.builder()
                .addTextContent(text)
                .isError(false)
                .build();
    }

    private Mono<ObjectNode> start(McpTool tool, ObjectNode arguments, McpCall call, Telling telling) {
        return switch (tool.name()) {
            case "meerkat_run" -> waiting(runs.run(arguments, telling), call);
            case "meerkat_resume" -> waiting(runs.resume(arguments, telling), call);
            case "meerkat_event_stream_open" -> Mono.fromFuture(streams.open(arguments), true);
            case "meerkat_event_stream_read" -> Mono.fromFuture(streams.read(arguments), true);
            case "meerkat_event_stream_close" -> Mono.fromFuture(streams.close(arguments), true);
            default -> {
                PendingCall pending = shared.calls().start(tool.method(), arguments, CALLER);
                call.began(pending::cancel);
                yield Mono.fromFuture(
                        pending.answer().thenApply(answer -> ToolAnswers.of(tool.name(), arguments, answer.result())),
                        true);
            }
        };
    }

    private static Mono<ObjectNode> waiting(HostCall host, McpCall call) {
        call.began(host::cancel);
        return Mono.fromFuture(host.answer(), true).doOnCancel(host::cancel);
    }

    private static Throwable error(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        WireFault fault = Faults.of(cause);
        McpError.Builder error = McpError.builder(fault.code().rpc()).message(fault.message("Invalid arguments"));
        ObjectNode data = fault.data();
        return (data == null ? error : error.data(data)).build();
    }
}
