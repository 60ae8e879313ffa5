package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.Operations;
import dev.meerkat.server.internal.methods.ScheduleCalls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.time.Duration;
import java.util.function.Function;

/** Carries out the calls of tools. */
final class McpToolCalls implements AutoCloseable {
    /** As long as a tool of any other client may take. */
    private static final Duration TOOL_LIMIT = Duration.ofMinutes(2);

    /** No connection to call back to, and nobody who wants copies of events. */
    private static final Caller CALLER = () -> Surface.MCP;

    /** Does something with a session. */
    @FunctionalInterface
    private interface OfSession<T> {
        T done(String locator) throws InterruptedException;
    }

    private final Calls calls;
    private final Operations operations;
    private final SessionWriter writer;
    private final ScheduleCalls schedules;
    private final EventStreams streams;
    private final Runs runs;

    McpToolCalls(ServerContext context) {
        this.calls = context.calls();
        this.operations = calls.operations();
        this.writer = new SessionWriter(operations.realm(), calls.line());
        this.schedules = new ScheduleCalls(operations);
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
            case "meerkat_read" -> begin(call, arguments, operations::read, view -> McpAnswers.read(view, writer));
            case "meerkat_interrupt" ->
                begin(
                        call,
                        arguments,
                        operations::interrupt,
                        done -> McpAnswers.of(done.session(), writer.interrupted(done.session(), done.neverStarted())));
            case "meerkat_archive" ->
                begin(
                        call,
                        arguments,
                        operations::archive,
                        id -> McpAnswers.of(id, WireJson.object().put("archived", true)));
            case "meerkat_comms_send" ->
                begin(
                        call,
                        calls.send(Params.of(arguments), CALLER)
                                .as(receipt -> WireJson.object().set("receipt", receipt)));
            case "meerkat_later" -> begin(call, operations.start(schedules.later(Params.of(arguments))));
            case "meerkat_schedules" -> begin(call, operations.start(schedules.list(Params.of(arguments))));
            case "meerkat_cancel_schedule" -> begin(call, operations.start(schedules.cancel(Params.of(arguments))));
            // Their answers are those of JSON-RPC.
            default -> begin(call, calls.start(tool.method(), arguments, CALLER));
        }
    }

    private <T> void begin(HostCall call, ObjectNode arguments, OfSession<T> work, Function<T, ObjectNode> form) {
        String session = Params.of(arguments).text("session_id");
        begin(call, operations.start(() -> work.done(session)).as(form));
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
