package dev.meerkat.server.internal.mcp;

import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A turn that a host began, and who waits for it: nobody, while its tools are called. Thread-safe. */
final class Run implements Caller {
    private final ToolSessions sessions;
    private final List<Tool> tools;
    private final AtomicReference<@Nullable HostCall> waiting = new AtomicReference<>();
    private volatile @Nullable SessionTools served;
    private volatile @Nullable PendingCall call;
    private volatile long told = Calls.LIVE;

    /** A turn whose host brings tools along; none, if those that the session has are to stay. */
    Run(ToolSessions sessions, List<Tool> tools, HostCall waiting) {
        this.sessions = sessions;
        this.tools = tools;
        answerTo(waiting);
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
        HostCall waits = waiting.get();
        if (waits != null) {
            // The first turn of a new session may have begun; its log tells what is missed.
            waits.narrate(session, created ? 0 : Calls.LIVE, true);
        }
        served = sessions.begin(session, tools, this);
    }

    /** The call that begins the turn is on its way. */
    void began(PendingCall pending) {
        call = pending;
        CompletionStage<Answer> answer = pending.answer();
        answer.whenComplete(this::ended);
    }

    private void ended(@Nullable Answer answer, @Nullable Throwable failure) {
        SessionTools tooled = served;
        if (tooled != null) {
            tooled.end(this);
        }
        HostCall waits = takeWaiting();
        if (waits != null) {
            waits.ended(answer, failure);
        }
    }

    /** It waits from now on. */
    void answerTo(HostCall waits) {
        waits.waitsFor(this);
        waiting.set(waits);
    }

    /** Who waits, to be told something by the caller, and by nobody else. */
    @Nullable
    HostCall takeWaiting() {
        return waiting.getAndSet(null);
    }

    /** Who waited has heard of the events up to there. */
    void toldUpTo(long sequence) {
        told = sequence;
    }

    /** Up to where those who waited have heard of the events, or {@link Calls#LIVE}. */
    long told() {
        return told;
    }

    /** Stops the turn. */
    void cancel() {
        PendingCall pending = call;
        if (pending != null) {
            pending.cancel();
        }
    }
}
