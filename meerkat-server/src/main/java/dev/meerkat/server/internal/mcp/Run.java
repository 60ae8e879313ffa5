package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A turn that a host began, and who waits for it: nobody, while its tools are called. Thread-safe. */
final class Run implements Caller {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    private final ServerContext context;
    private final ToolSessions sessions;
    private final List<Tool> tools;
    private final AtomicReference<@Nullable HostCall> waiting = new AtomicReference<>();
    private volatile @Nullable Narration narration;
    private volatile @Nullable SessionTools served;
    private volatile @Nullable PendingCall<RunEnd> call;
    private volatile boolean cancelled;

    /** A turn whose host brings tools along; none, if those that the session has are to stay. */
    Run(ServerContext context, ToolSessions sessions, List<Tool> tools, HostCall host) {
        this.context = context;
        this.sessions = sessions;
        this.tools = tools;
        answerTo(host);
    }

    @Override
    public Surface surface() {
        return Surface.MCP;
    }

    @Override
    public Runnable creating() {
        return tools.isEmpty() ? () -> {} : sessions.creating();
    }

    @Override
    public void engaged(SessionId session, boolean created, boolean copies) {
        HostCall host = waiting.get();
        if (host != null) {
            // The first turn of a new session may have begun; its log tells what is missed.
            narrate(session, host, created ? 0 : Calls.LIVE, true);
        }
        served = sessions.begin(session, tools, this);
    }

    /** The call that begins the turn is on its way. */
    void began(PendingCall<RunEnd> pending) {
        call = pending;
        if (cancelled) {
            pending.cancel();
        }
        CompletionStage<Answer<RunEnd>> answer = pending.answer();
        answer.whenComplete(this::ended);
    }

    private void ended(@Nullable Answer<RunEnd> end, @Nullable Throwable failure) {
        SessionTools tooled = served;
        if (tooled != null) {
            tooled.end(this);
        }
        HostCall host = takeHost();
        if (end != null) {
            ObjectNode answer = McpAnswers.completed(end.result(), writer());
            after(end.runId(), host, () -> Optional.ofNullable(host).ifPresent(waits -> waits.complete(answer)));
        } else if (failure != null) {
            WireFault fault = Faults.of(AsyncFailures.unwrapped(failure));
            after(fault.runId(), host, () -> Optional.ofNullable(host).ifPresent(waits -> waits.fail(fault)));
        }
    }

    private SessionWriter writer() {
        return new SessionWriter(
                context.calls().operations().realm(), context.calls().line());
    }

    private void after(Optional<String> end, @Nullable HostCall host, Runnable answer) {
        Narration told = narration;
        if (told == null) {
            answer.run();
        } else if (end.isEmpty() || host == null || host.notifier().isEmpty()) {
            told.unsubscribe();
            answer.run();
        } else {
            told.afterEventsOf(end.get(), () -> {
                told.unsubscribe();
                answer.run();
            });
        }
    }

    /** A host waits from now on. */
    void answerTo(HostCall host) {
        host.began(this::cancel);
        waiting.set(host);
        Narration told = narration;
        if (told != null) {
            host.notifier().ifPresent(told::goOn);
        }
    }

    /** The host that waits, to be told something by the caller, and by nobody else. */
    @Nullable
    HostCall takeHost() {
        return waiting.getAndSet(null);
    }

    /** Answers a host that waited; the events that follow wait for the next. */
    void pause(HostCall host, ObjectNode answer) {
        Narration told = narration;
        if (told == null || host.notifier().isEmpty()) {
            host.complete(answer);
        } else {
            told.pause(() -> host.complete(answer));
        }
    }

    /**
     * Sees to it that the events of a session are told, if a host that is about to wait wants them.
     *
     * @param after the sequence after which they begin, or {@link Calls#LIVE}
     * @param beginning whether a turn is about to begin
     */
    void narrate(SessionId session, HostCall host, long after, boolean beginning) {
        if (narration != null || host.notifier().isEmpty()) {
            return;
        }
        Narration begun = new Narration(session, host.notifier().get(), context.workers(), beginning);
        try {
            begun.begin(context.calls().watch(session.toString(), after, begun));
            narration = begun;
        } catch (WireFault e) {
            LOG.warn("the events of session {} cannot be told: {}", session, e.code());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the turn. */
    void cancel() {
        cancelled = true;
        PendingCall<RunEnd> pending = call;
        if (pending != null) {
            pending.cancel();
        }
    }
}
