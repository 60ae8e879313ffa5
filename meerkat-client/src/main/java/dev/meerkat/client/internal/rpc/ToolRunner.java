package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the server's calls of tools. Thread-safe. */
final class ToolRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ToolRunner.class);
    /** Servers take no answer over 16 MiB, and escapes make a text longer. */
    private static final int RESULT_CHARS = 2 << 20;

    private final Map<String, CallbackTool> tools = new HashMap<>();
    private final ClientThreads threads;
    private final Consumer<ObjectNode> reply;

    ToolRunner(List<CallbackTool> tools, ClientThreads threads, Consumer<ObjectNode> reply) {
        tools.forEach(tool -> this.tools.put(tool.name(), tool));
        this.threads = threads;
        this.reply = reply;
    }

    /** A request of the server; its id is given back as it came. */
    void requested(String method, JsonNode id, JsonNode params) {
        CallbackTool tool = tools.get(params.path("name").asText(""));
        if (!method.equals("tool/execute")) {
            refuse(id, ErrorCode.METHOD_NOT_FOUND.rpc(), "Method not found: " + method);
        } else if (tool == null) {
            refuse(id, ErrorCode.METHOD_NOT_FOUND.rpc(), "no tool has the name " + params.path("name"));
        } else {
            try {
                threads.tools().execute(() -> run(tool, id, params));
            } catch (RejectedExecutionException e) {
                refuse(
                        id,
                        ErrorCode.BUDGET_EXHAUSTED.rpc(),
                        "too many tools run already: " + ClientThreads.TOOLS_AT_ONCE);
            }
        }
    }

    private void refuse(JsonNode id, int code, String message) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.set("id", id);
        response.putObject("error").put("code", code).put("message", message);
        // Not on the reading thread, which must not wait for a server that does not read.
        threads.work().execute(() -> reply.accept(response));
    }

    private void run(CallbackTool tool, JsonNode id, JsonNode params) {
        JsonNode call = params.path("tool_use_id");
        JsonNode key = params.path("dedupe_key");
        boolean error = true;
        String content;
        try {
            content = checked(tool.handler()
                    .call(new CallbackTool.Call(
                            Optional.ofNullable(call.textValue()),
                            WireJson.json(params.path("arguments")),
                            key.isMissingNode() || key.isNull() ? Optional.empty() : Optional.of(WireJson.json(key)))));
            error = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            content = "the client was closed while the tool ran";
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            LOG.debug("tool {} failed", tool.name(), e);
            content = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        }
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.set("id", id);
        response.putObject("result").put("content", content).put("is_error", error);
        reply.accept(response);
    }

    private static String checked(@Nullable String content) {
        if (content == null) {
            throw new IllegalStateException("the tool returned null");
        }
        if (content.length() > RESULT_CHARS) {
            throw new IllegalStateException("the tool's result has more than " + RESULT_CHARS + " characters");
        }
        return content;
    }
}
