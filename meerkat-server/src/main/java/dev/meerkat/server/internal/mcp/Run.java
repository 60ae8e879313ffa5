package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A turn that a host began, and who waits for it: nobody, while its tools are called. Thread-safe. */
final class Run implements Caller {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    private final Shared shared;
    private final ToolSessions sessions;
    private final List<Tool> tools;
    private final AtomicReference<@Nullable HostCall> waiting = new AtomicReference<>();
    private volatile @Nullable Narration narration;
    private volatile @Nullable SessionTools served;
    private volatile @Nullable PendingCall call;
    private volatile boolean cancelled;

    /** A turn whose host brings tools along; none, if those that the session has are to stay. */
    Run(Shared shared, ToolSessions sessions, List<Tool> tools, HostCall host) {
        this.shared = shared;
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
    void began(PendingCall pending) {
        call = pending;
        if (cancelled) {
            pending.cancel();
        }
        CompletionStage<Answer> answer = pending.answer();
        answer.whenComplete(this::ended);
    }

    private void ended(@Nullable Answer end, @Nullable Throwable failure) {
        SessionTools tooled = served;
        if (tooled != null) {
            tooled.end(this);
        }
        HostCall host = takeHost();
        if (end != null) {
            after(end.runId(), host, () -> complete(host, RunAnswers.completed(end.result())));
        } else if (failure != null) {
            Throwable cause = failure.getCause();
            WireFault fault = Faults.of(failure instanceof CompletionException && cause != null ? cause : failure);
            after(fault.runId(), host, () -> fail(host, fault));
        }
    }

    private void after(Optional<String> end, @Nullable HostCall host, Runnable answer) {
        Narration told = narration;
        if (told == null) {
            answer.run();
        } else if (end.isEmpty() || host == null || host.telling().isEmpty()) {
            told.closeTap();
            answer.run();
        } else {
            told.afterEventsOf(end.get(), () -> {
                told.closeTap();
                answer.run();
            });
        }
    }

    private static void complete(@Nullable HostCall host, ObjectNode result) {
        if (host != null) {
            host.complete(result);
        }
    }

    private static void fail(@Nullable HostCall host, WireFault fault) {
        if (host != null) {
            host.fail(fault);
        }
    }

    /** A host waits from now on. */
    void answerTo(HostCall host) {
        host.waitsFor(this::cancel);
        waiting.set(host);
        Narration told = narration;
        if (told != null) {
            host.telling().ifPresent(told::goOn);
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
        if (told == null || host.telling().isEmpty()) {
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
        if (narration != null || host.telling().isEmpty()) {
            return;
        }
        Narration begun = new Narration(session, host.telling().get(), shared.workers(), beginning);
        try {
            begun.begin(shared.calls().watch(session.toString(), after, begun));
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
        PendingCall pending = call;
        if (pending != null) {
            pending.cancel();
        }
    }
}
