package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.ToolHost;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** The tools that a connection's client registered, and the calls of them that it answers. */
final class Callbacks implements ToolHost {
    private static final int TOOLS = 1_024;
    private static final int TOOLS_CHARS = 8 << 20;
    private static final int CALLS = 256;

    private final ToolHosts hosts;
    private final ContractLine line;
    private final SendQueue outbox;
    private final Duration limit;
    private final AtomicLong numbers = new AtomicLong();
    private final Semaphore free = new Semaphore(CALLS);
    private final Map<String, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final OwnTools ownTools;
    private volatile List<Tool> tools = List.of();
    private volatile boolean closed;

    Callbacks(ToolHosts hosts, ContractLine line, SendQueue outbox, Duration limit) {
        this.hosts = hosts;
        this.line = line;
        this.outbox = outbox;
        this.limit = limit;
        this.ownTools = new OwnTools(hosts, this);
    }

    /** Adds tools, and replaces those of the same names; by one thread at a time. */
    ObjectNode register(ObjectNode params) {
        JsonNode given = params.path("tools");
        tools = tools("tools", given, tools);
        ObjectNode result = WireJson.object();
        result.put("registered", given.size());
        return result;
    }

    /** The tools that a session is to have of its own; none if it is not given any. */
    static List<Tool> own(ObjectNode params) {
        JsonNode given = params.path("external_tools");
        return given.isMissingNode() || given.isNull() ? List.of() : tools("external_tools", given, List.of());
    }

    private static List<Tool> tools(String field, JsonNode given, List<Tool> present) {
        if (!given.isArray()) {
            throw RpcErrors.invalidParams("Invalid params: `" + field + "` must be an array");
        }
        Map<String, Tool> all = new LinkedHashMap<>();
        present.forEach(tool -> all.put(tool.name(), tool));
        for (JsonNode each : given) {
            Tool tool = tool(each);
            all.put(tool.name(), tool);
        }
        if (all.size() > TOOLS) {
            throw RpcErrors.invalidParams("Invalid params: more than " + TOOLS + " tools");
        }
        if (ToolHosts.size(all.values()) > TOOLS_CHARS) {
            throw RpcErrors.invalidParams(
                    "Invalid params: all tools together have more than " + TOOLS_CHARS + " characters");
        }
        return List.copyOf(all.values());
    }

    private static Tool tool(JsonNode given) {
        String name = text(given, "name");
        JsonNode schema = given.path("input_schema");
        if (name.isBlank() || !schema.isObject()) {
            throw RpcErrors.invalidParams("Invalid params: a tool needs a `name` and an object `input_schema`");
        }
        try {
            return new Tool(name, text(given, "description"), WireJson.json(schema));
        } catch (InvalidFieldException e) {
            throw RpcErrors.invalidParams("Invalid params: `input_schema` is over the limits of JSON");
        }
    }

    private static String text(JsonNode tool, String field) throws WireFault {
        JsonNode value = tool.path(field);
        if (!value.isTextual()) {
            throw RpcErrors.invalidParams("Invalid params: missing field `" + field + "`");
        }
        return value.textValue();
    }

    /** A session is about to be created that the tools, if there are any, will serve; to be run when that is done. */
    Runnable creating(List<Tool> own) {
        return (own.isEmpty() && tools.isEmpty()) || closed ? () -> {} : hosts.creating();
    }

    /**
     * The tools, if there are any, serve a session from now on.
     *
     * @param own what the session has of its own, if it is new
     */
    void serve(SessionId session, List<Tool> own) {
        if (!own.isEmpty()) {
            ownTools.add(session, own);
        }
        ToolHost host = ownTools.of(session);
        if (!host.tools().isEmpty() && !closed) {
            hosts.bind(session, host);
            if (closed) {
                hosts.unbind(host);
            }
        }
    }

    @Override
    public List<ClientTools.Tool> tools() {
        return tools;
    }

    @Override
    public Json call(SessionId session, String name, Json arguments, String key) throws InterruptedException {
        if (closed) {
            throw new NotDoneException("tool_not_found", "the client that has tool " + name + " is gone");
        }
        if (!free.tryAcquire()) {
            throw new NotDoneException("tools_busy", "the client already runs " + CALLS + " tools");
        }
        String id = "srv-" + numbers.getAndIncrement();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        try {
            pending.put(id, answer);
            outbox.add(MessageLines.request(id, "tool/execute", params(name, arguments, key)));
            if (closed) {
                close();
            }
            return ToolAnswer.read(name, answer.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new UnknownOutcomeException("tool_timeout", "no answer came from tool " + name, e);
        } catch (ExecutionException e) {
            throw new UnknownOutcomeException("tool_client_gone", "the client left while tool " + name + " ran", e);
        } finally {
            pending.remove(id);
            free.release();
        }
    }

    private ObjectNode params(String name, Json arguments, String key) {
        ObjectNode params = WireJson.object();
        params.put("tool_use_id", key);
        params.put("name", name);
        params.set("arguments", WireJson.tree(arguments));
        if (line.keysToolCalls()) {
            params.set("dedupe_key", WireJson.object().put("call_id", key));
        }
        return params;
    }

    /** The client answers; what nobody waits for is ignored. */
    void answered(JsonNode id, JsonNode body) {
        CompletableFuture<JsonNode> waiting = id.isTextual() ? pending.remove(id.textValue()) : null;
        if (waiting != null) {
            waiting.complete(body);
        }
    }

    /** The client is gone. */
    void close() {
        closed = true;
        hosts.unbind(this);
        ownTools.close();
        List<CompletableFuture<JsonNode>> left = new ArrayList<>(pending.values());
        left.forEach(waiting -> waiting.completeExceptionally(
                new FailedException("tool_client_gone", "the connection is closed", null)));
    }
}
