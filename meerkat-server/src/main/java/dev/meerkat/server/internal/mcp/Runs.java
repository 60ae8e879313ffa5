package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tools that begin turns, and go on with those that wait for the results of tools. Thread-safe. */
final class Runs implements AutoCloseable {
    private static final String CREATE = "session/create";
    private static final String GO_ON = "turn/start";

    private final Shared shared;
    private final ToolSessions sessions;

    /**
     * On a server.
     *
     * @param limit how long a turn waits for the result of a tool
     */
    Runs(Shared shared, Duration limit) {
        this.shared = shared;
        this.sessions = new ToolSessions(shared.calls().line(), shared.tools(), limit);
    }

    /** Creates a session, with or without tools. */
    HostCall run(ObjectNode arguments, Telling telling) {
        return listen(arguments, telling, call -> begin(CREATE, arguments, call));
    }

    /** Begins a turn, or brings the results of tools to the one that waits for them. */
    HostCall resume(ObjectNode arguments, Telling telling) {
        return listen(arguments, telling, call -> {
            List<ToolResult> results = HostTools.results(arguments);
            SessionId session = session(arguments);
            SessionTools tools = session == null ? null : sessions.find(session);
            if (!results.isEmpty()) {
                if (session == null || tools == null) {
                    throw notWaiting(List.of());
                }
                String prompt = Params.of(arguments).text("prompt");
                shared.workers().execute(() -> {
                    attempt(call, one -> take(session, tools, results, prompt.isEmpty(), arguments, one));
                });
            } else if (tools == null || tools.waiting().isEmpty()) {
                begin(GO_ON, arguments, call);
            } else {
                throw busy(tools.waiting());
            }
        });
    }

    private HostCall listen(ObjectNode arguments, Telling telling, Step step) {
        boolean streams = arguments.path("stream").asBoolean(false);
        HostCall call = new HostCall(streams ? telling : null);
        attempt(call, one -> {
            boolean unused = Params.of(arguments).flag("stream");
            step.take(one);
        });
        return call;
    }

    @FunctionalInterface
    private interface Step {
        void take(HostCall call);
    }

    private static void attempt(HostCall call, Step step) {
        try {
            step.take(call);
        } catch (RuntimeException | Error e) {
            call.fail(Faults.of(e));
        }
    }

    private void begin(String method, ObjectNode arguments, HostCall call) {
        List<Tool> tools = HostTools.tools(arguments);
        Run run = new Run(shared, sessions, tools, call);
        run.began(shared.calls().start(method, arguments, run));
    }

    private void take(
            SessionId session,
            SessionTools tools,
            List<ToolResult> results,
            boolean alone,
            ObjectNode arguments,
            HostCall call) {
        if (alone) {
            tools.narrate(call);
        }
        switch (tools.take(results, alone ? call : null)) {
            case UNKNOWN -> throw notWaiting(tools.waiting());
            case BEFORE -> call.complete(RunAnswers.accepted(session));
            case NOW -> {
                if (!alone) {
                    begin(GO_ON, arguments, call);
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

    private static WireFault notWaiting(List<WaitingTool> waiting) {
        return fault(ErrorCode.BAD_REQUEST, "tool_results are of calls that do not wait", "not_waiting", waiting);
    }

    private static WireFault busy(List<WaitingTool> waiting) {
        return fault(ErrorCode.SESSION_BUSY, "the session waits for tool_results", "waits_for_tools", waiting);
    }

    private static WireFault fault(ErrorCode code, String message, String kind, List<WaitingTool> waiting) {
        ObjectNode data = ErrorForm.data(ErrorForm.NOT_DONE, kind);
        RunAnswers.addCalls(data, waiting);
        return new WireFault(code, message, data);
    }

    @Override
    public void close() {
        sessions.close();
    }
}
