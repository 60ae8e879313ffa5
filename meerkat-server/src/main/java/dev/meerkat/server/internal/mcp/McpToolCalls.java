package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.time.Duration;

/** Carries out the calls of tools. */
final class McpToolCalls implements AutoCloseable {
    /** As long as a tool of any other client may take. */
    private static final Duration TOOL_LIMIT = Duration.ofMinutes(2);

    /** No connection to call back to, and nobody who wants copies of events. */
    private static final Caller CALLER = new Caller() {
        @Override
        public Surface surface() {
            return Surface.MCP;
        }

        @Override
        public void engaged(SessionId session, boolean created, boolean copies) {}
    };

    private final Calls calls;
    private final SessionWriter writer;
    private final ScheduleTools schedules;
    private final EventStreams streams;
    private final Runs runs;

    McpToolCalls(ServerContext context) {
        this.calls = context.calls();
        this.writer = new SessionWriter(calls.operations().realm(), calls.line());
        this.schedules = new ScheduleTools(calls.operations());
        this.streams = new EventStreams(context);
        this.runs = new Runs(context, TOOL_LIMIT);
    }

    /** Starts a call of a tool, whose answer the call gets, or throws what is wrong with it. */
    void start(McpTool tool, ObjectNode arguments, HostCall call) {
        switch (tool.name()) {
            case "meerkat_run" -> runs.run(arguments, call);
            case "meerkat_resume" -> runs.resume(arguments, call);
            case "meerkat_event_stream_open" -> begin(call, streams.open(Params.of(arguments)));
            case "meerkat_event_stream_read" -> call.follow(streams.read(Params.of(arguments)));
            case "meerkat_event_stream_close" -> call.complete(streams.close(Params.of(arguments)));
            case "meerkat_read" -> {
                String session = session(arguments);
                begin(
                        call,
                        calls.operations()
                                .start(() -> calls.operations().read(session))
                                .as(view -> McpAnswers.read(view, writer)));
            }
            case "meerkat_interrupt" -> {
                String session = session(arguments);
                begin(
                        call,
                        calls.operations()
                                .start(() -> calls.operations().interrupt(session))
                                .as(done -> McpAnswers.of(
                                        done.session(), writer.interrupted(done.session(), done.neverStarted()))));
            }
            case "meerkat_archive" -> {
                String session = session(arguments);
                begin(
                        call,
                        calls.operations()
                                .start(() -> calls.operations().archive(session))
                                .as(id -> McpAnswers.of(id, WireJson.object().put("archived", true))));
            }
            case "meerkat_comms_send" ->
                begin(
                        call,
                        calls.send(Params.of(arguments), CALLER)
                                .as(receipt -> WireJson.object().set("receipt", receipt)));
            case "meerkat_later" -> begin(call, calls.operations().start(schedules.later(arguments)));
            case "meerkat_schedules" -> begin(call, calls.operations().start(schedules.list(arguments)));
            case "meerkat_cancel_schedule" -> begin(call, calls.operations().start(schedules.cancel(arguments)));
            // Their answers are those of JSON-RPC.
            default -> begin(call, calls.start(tool.method(), arguments, CALLER));
        }
    }

    private static String session(ObjectNode arguments) {
        return Params.of(arguments).text("session_id");
    }

    private static void begin(HostCall call, PendingCall<ObjectNode> pending) {
        call.began(pending::cancel);
        call.follow(pending.answer().thenApply(Answer::result));
    }

    @Override
    public void close() {
        streams.close();
        runs.close();
    }
}
