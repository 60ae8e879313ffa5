package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tools that begin turns, and go on with those that wait for the results of tools. Thread-safe. */
final class Runs implements AutoCloseable {
    private static final int MOST = 1_024;

    /** The only kind of tool: its host answers its calls. */
    private static final String CALLBACK = "callback";

    private final ServerContext context;
    private final ToolSessions sessions;

    /**
     * On a server.
     *
     * @param limit how long a turn waits for the result of a tool
     */
    Runs(ServerContext context, Duration limit) {
        this.context = context;
        this.sessions = new ToolSessions(context.calls().line(), context.tools(), limit);
    }

    /** Creates a session, with or without tools. */
    void run(ObjectNode arguments, HostCall call) {
        listen(arguments, call);
        Params params = Params.of(arguments);
        begin(arguments, call, run -> context.calls().create(params, run));
    }

    /** Begins a turn, or brings the results of tools to the one that waits for them. */
    void resume(ObjectNode arguments, HostCall call) {
        listen(arguments, call);
        List<SessionTools.ToolResult> results = results(arguments);
        SessionId session = session(arguments);
        SessionTools tools = session == null ? null : sessions.find(session);
        if (!results.isEmpty()) {
            if (session == null || tools == null) {
                throw notWaiting(List.of());
            }
            String prompt = Params.of(arguments).text("prompt");
            context.workers().execute(() -> {
                try {
                    take(session, tools, results, prompt.isEmpty(), arguments, call);
                } catch (RuntimeException | Error e) {
                    call.fail(e);
                }
            });
        } else if (tools == null || tools.waiting().isEmpty()) {
            goOn(arguments, call);
        } else {
            throw busy(tools.waiting());
        }
    }

    private static void listen(ObjectNode arguments, HostCall call) {
        if (!Params.of(arguments).flag("stream")) {
            call.quiet();
        }
    }

    private void goOn(ObjectNode arguments, HostCall call) {
        Params params = Params.of(arguments);
        begin(arguments, call, run -> context.calls().startTurn(params, run));
    }

    private void begin(ObjectNode arguments, HostCall call, Function<Run, PendingCall<RunEnd>> start) {
        Run run = new Run(context, sessions, tools(arguments), call);
        run.began(start.apply(run));
    }

    private void take(
            SessionId session,
            SessionTools tools,
            List<SessionTools.ToolResult> results,
            boolean alone,
            ObjectNode arguments,
            HostCall call) {
        if (alone) {
            tools.narrate(call);
        }
        switch (tools.take(results, alone ? call : null)) {
            case UNKNOWN -> throw notWaiting(tools.waiting());
            case BEFORE -> call.complete(McpAnswers.accepted(session));
            case NOW -> {
                if (!alone) {
                    goOn(arguments, call);
                }
            }
        }
    }

    /** The session, if it is named as one; the call itself refuses what is not. */
    private static @Nullable SessionId session(ObjectNode arguments) {
        String locator = Params.of(arguments).text("session_id");
        try {
            return SessionId.of(locator.substring(locator.indexOf(':') + 1));
        } catch (InvalidFieldException e) {
            return null;
        }
    }

    /** The argument {@code tools}; empty if there is none. */
    private static List<Tool> tools(ObjectNode arguments) {
        return all(arguments, "tools", Runs::tool);
    }

    private static Tool tool(Params given) {
        String name = given.text("name");
        if (name.isBlank()) {
            throw given.wrong("name", given.node("name"), "must not be blank");
        }
        String handler = given.optionalText("handler").orElse(CALLBACK);
        if (!handler.equals(CALLBACK)) {
            throw given.wrong("handler", given.node("handler"), "must be " + CALLBACK);
        }
        ObjectNode schema = given.object("input_schema").tree();
        return new Tool(name, given.text("description"), WireJson.json(schema));
    }

    /** The argument {@code tool_results}; empty if there is none. */
    private static List<SessionTools.ToolResult> results(ObjectNode arguments) {
        return all(
                arguments,
                "tool_results",
                given -> new SessionTools.ToolResult(
                        given.text("tool_use_id"), given.text("content"), given.flag("is_error")));
    }

    private static <T> List<T> all(ObjectNode arguments, String field, Function<Params, T> reader) {
        JsonNode given = arguments.path(field);
        if (given.isMissingNode() || given.isNull()) {
            return List.of();
        }
        if (!given.isArray() || given.size() > MOST) {
            throw Faults.badShape(field + " must be an array of at most " + MOST);
        }
        List<T> all = new ArrayList<>(given.size());
        for (JsonNode each : given) {
            if (!(each instanceof ObjectNode object)) {
                throw Faults.badShape(field + " must hold objects only");
            }
            all.add(reader.apply(Params.of(object)));
        }
        return all;
    }

    private static WireFault notWaiting(List<McpAnswers.WaitingTool> waiting) {
        return fault(ErrorCode.BAD_REQUEST, "tool_results are of calls that do not wait", "not_waiting", waiting);
    }

    private static WireFault busy(List<McpAnswers.WaitingTool> waiting) {
        return fault(ErrorCode.SESSION_BUSY, "the session waits for tool_results", "waits_for_tools", waiting);
    }

    private static WireFault fault(ErrorCode code, String message, String kind, List<McpAnswers.WaitingTool> waiting) {
        ObjectNode data = ErrorForm.data(ErrorForm.NOT_DONE, kind);
        McpAnswers.addCalls(data, waiting);
        return new WireFault(code, message, data);
    }

    @Override
    public void close() {
        sessions.close();
    }
}
