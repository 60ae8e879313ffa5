package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.TraceContext;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.methods.MeerkatCalls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.rpc.Message;
import dev.meerkat.server.internal.rpc.MessageLines;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The methods of the Model Context Protocol that a server of tools has: the beginning, the list of tools, and their calls. The
 * surface that brings a message takes it from the line and writes its answer. Thread-safe.
 */
final class McpProtocol implements AutoCloseable {
    static final String INITIALIZE = "initialize";
    static final String CANCELLED = "notifications/cancelled";

    /** The newest last. */
    private static final List<String> VERSIONS = List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25");

    /** Of log messages, the least first. */
    private static final List<String> LEVELS =
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    private static final String LEVEL = "info";

    /** Any JSON, null included. */
    private static final Set<String> MAY_BE_NULL = Set.of("payload", "params", "result");

    private final ServerContext context;
    private final Map<String, McpTool> tools = new LinkedHashMap<>();
    private final McpToolCalls calls;

    McpProtocol(ServerContext context) {
        this.context = context;
        this.calls = new McpToolCalls(context);
        McpTool.all().forEach(tool -> tools.put(tool.name(), tool));
    }

    /** The versions of the protocol that go over HTTP. */
    static List<String> httpVersions() {
        return VERSIONS.subList(1, VERSIONS.size());
    }

    /**
     * Carries out a request.
     *
     * @param call of a tool; takes nothing of other methods
     * @return the result, now or later; fails with a {@link WireFault}
     */
    CompletableFuture<ObjectNode> start(McpSession session, Message.Request request, HostCall call) {
        CompletableFuture<ObjectNode> result = carriedOut(session, request, call);
        return result.exceptionallyCompose(failure -> CompletableFuture.failedFuture(fault(failure)));
    }

    private CompletableFuture<ObjectNode> carriedOut(McpSession session, Message.Request request, HostCall call) {
        try {
            Params params = Params.of(request.params());
            return switch (request.method()) {
                case INITIALIZE -> CompletableFuture.completedFuture(hello(params));
                case "ping" -> CompletableFuture.completedFuture(WireJson.object());
                case "tools/list" -> CompletableFuture.completedFuture(list());
                case "logging/setLevel" -> CompletableFuture.completedFuture(level(session, params));
                case "tools/call" -> called(params, call);
                default -> throw Faults.unknownMethod(request.method());
            };
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A host that speaks none of these versions is told of the newest, and may then leave. */
    private ObjectNode hello(Params params) {
        String asked = params.text("protocolVersion");
        ObjectNode answer = WireJson.object()
                .put("protocolVersion", VERSIONS.contains(asked) ? asked : VERSIONS.get(VERSIONS.size() - 1));
        ObjectNode capabilities = answer.putObject("capabilities");
        capabilities.putObject("logging");
        capabilities.putObject("tools").put("listChanged", false);
        answer.putObject("serverInfo")
                .put("name", "meerkat-java")
                .put("version", context.calls().line().version().toString());
        return answer;
    }

    private ObjectNode list() {
        ObjectNode answer = WireJson.object();
        ArrayNode rows = answer.putArray("tools");
        tools.values()
                .forEach(tool -> rows.addObject()
                        .put("name", tool.name())
                        .put("description", tool.description())
                        .set("inputSchema", tool.inputSchema()));
        return answer;
    }

    private static ObjectNode level(McpSession session, Params params) {
        String level = params.text("level");
        if (!LEVELS.contains(level)) {
            throw params.wrong("level", params.node("level"), "must be one of " + String.join(", ", LEVELS));
        }
        session.hearsEvents(LEVELS.indexOf(level) <= LEVELS.indexOf(LEVEL));
        return WireJson.object();
    }

    private CompletableFuture<ObjectNode> called(Params params, HostCall call) {
        String name = params.text("name");
        McpTool tool = tools.get(name);
        if (tool == null) {
            throw new WireFault(
                    ErrorCode.INVALID_PARAMS,
                    "Unknown tool: " + Params.shortened(name),
                    ErrorForm.outcome(ErrorForm.NOT_DONE));
        }
        ObjectNode arguments = params.has("arguments")
                ? withoutNulls(params.object("arguments").tree())
                : WireJson.object();
        KnownFields.checkSpelling(tool.method().isEmpty() ? tool.name() : tool.method(), arguments);
        TraceContext.Scope scope =
                TraceContext.enter(MeerkatCalls.trace(params.tree()).orElse(null));
        try {
            calls.start(tool, arguments, call);
        } finally {
            scope.close();
        }
        return call.answer().thenApply(McpProtocol::content);
    }

    /** Models write null for what they leave out, so it counts as left out where it can. */
    private static ObjectNode withoutNulls(ObjectNode arguments) {
        ObjectNode given = WireJson.object();
        arguments.properties().forEach(field -> {
            if (!field.getValue().isNull() || MAY_BE_NULL.contains(field.getKey())) {
                given.set(field.getKey(), field.getValue());
            }
        });
        return given;
    }

    /** The result of a tool as hosts read it: a text, which is JSON. */
    private static ObjectNode content(ObjectNode result) {
        ObjectNode answer = WireJson.object();
        String text = new String(WireJson.write(result), StandardCharsets.UTF_8);
        answer.putArray("content").addObject().put("type", "text").put("text", text);
        return answer.put("isError", false);
    }

    /** The error of a call: hosts of the reference expect one of JSON-RPC from a tool that fails. */
    private static WireFault fault(Throwable failure) {
        WireFault fault = Faults.of(AsyncFailures.unwrapped(failure));
        return new WireFault(fault.code(), fault.message("Invalid arguments"), fault.data());
    }

    /** What a host is told of an event, as a log message: hosts of today read them. */
    static byte[] notification(ObjectNode data) {
        ObjectNode params = WireJson.object().put("level", LEVEL);
        params.set("data", data);
        return MessageLines.notification("notifications/message", params);
    }

    @Override
    public void close() {
        calls.close();
    }
}
