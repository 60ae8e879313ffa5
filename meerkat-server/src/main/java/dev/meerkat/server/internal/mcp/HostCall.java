package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.wire.Faults;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host's call that waits for a turn: for its end, or for the tools that it calls. Thread-safe. */
final class HostCall {
    private static final Logger LOG = LoggerFactory.getLogger(HostCall.class);

    private final Shared shared;
    private final @Nullable Telling telling;
    private final CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    private volatile @Nullable Narration narration;
    private volatile @Nullable Run run;

    /**
     * A call.
     *
     * @param telling takes the events of the session; null if the host does not want them
     */
    HostCall(Shared shared, @Nullable Telling telling) {
        this.shared = shared;
        this.telling = telling;
    }

    /** Not to be completed by others. */
    CompletableFuture<ObjectNode> answer() {
        return answer;
    }

    /**
     * Tells the events of a session, if they are wanted.
     *
     * @param after the sequence after which it begins, or {@link dev.meerkat.server.internal.calls.Calls#LIVE}
     * @param beginning whether a turn is about to begin
     */
    void narrate(SessionId session, long after, boolean beginning) {
        if (telling == null) {
            return;
        }
        Narration begun = new Narration(session, telling, shared.workers(), after, beginning);
        try {
            begun.begin(shared.calls().watch(session.toString(), after, begun));
            narration = begun;
        } catch (WireFault e) {
            LOG.warn("the events of session {} cannot be told: {}", session, e.code());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void waitsFor(Run turn) {
        run = turn;
    }

    /** The turn has ended. */
    void ended(@Nullable Answer end, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (end != null) {
            after(end.runId(), () -> complete(RunAnswers.completed(end.result())));
        } else if (cause != null) {
            WireFault fault = Faults.of(cause);
            after(fault.runId(), () -> fail(fault));
        }
    }

    private void after(Optional<String> ended, Runnable given) {
        Narration told = narration;
        if (told != null && ended.isPresent()) {
            told.afterEventsOf(ended.get(), given);
        } else {
            given.run();
        }
    }

    void complete(ObjectNode result) {
        silence();
        answer.complete(result);
    }

    void fail(WireFault fault) {
        silence();
        answer.completeExceptionally(fault);
    }

    /** Nothing follows the answer. */
    private void silence() {
        Narration told = narration;
        if (told != null) {
            told.closeTap();
        }
    }

    /** The turn calls tools; its further events are for those who bring the results. */
    void calls(SessionId session, List<WaitingTool> tools) {
        ObjectNode waits = RunAnswers.pending(shared.calls().line(), session, tools);
        Narration told = narration;
        Run turn = run;
        if (told == null || turn == null) {
            complete(waits);
            return;
        }
        told.beforeMore(() -> {
            turn.toldUpTo(told.position());
            complete(waits);
        });
    }

    /** The host takes its call back, and with it the turn. */
    void cancel() {
        Run turn = run;
        if (turn != null) {
            turn.cancel();
        }
    }
}
