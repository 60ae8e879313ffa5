package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.Faults;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call and, once it has begun one, the turn that it waits for without holding a thread. */
final class Pending implements PendingCall {
    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);

    private final Workers workers;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile boolean cancelled;
    private volatile @Nullable Turn turn;

    Pending(Workers workers) {
        this.workers = workers;
    }

    @Override
    public CompletableFuture<Answer> answer() {
        return answer;
    }

    void complete(ObjectNode result) {
        answer.complete(new Answer(result, Optional.empty()));
    }

    void fail(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapped = failure instanceof CompletionException && cause != null;
        answer.completeExceptionally(Faults.of(wrapped && cause != null ? cause : failure));
    }

    /** For methods that begin a turn: refuses what was taken back while it waited for a worker. */
    void checkStart() {
        if (cancelled) {
            throw Faults.cancelled("request cancelled before start");
        }
    }

    /**
     * Answers when a turn has ended.
     *
     * @param begun the turn
     * @param end makes the answer of its end, given whether the call was taken back; may throw a fault
     */
    void follow(Turn begun, BiFunction<TurnOutcome, Boolean, ObjectNode> end) {
        turn = begun;
        if (cancelled) {
            cancelTurn();
        }
        begun.completion().whenComplete((outcome, failure) -> {
            if (failure != null) {
                fail(failure);
                return;
            }
            try {
                ObjectNode result = end.apply(outcome, cancelled);
                answer.complete(new Answer(result, Optional.of(outcome.turnId().toString())));
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            cancelTurn();
        }
    }

    private void cancelTurn() {
        Turn begun = turn;
        if (begun != null) {
            soon(begun::cancel);
        }
    }

    /** Does something soon that may wait, whose failure no answer tells. */
    void soon(Task task) {
        try {
            workers.execute(() -> quietly(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("too much to do for what a call leaves behind");
        }
    }

    private static void quietly(Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("what a call left behind failed", e);
        }
    }

    /** What may wait. */
    @FunctionalInterface
    interface Task {
        void run() throws InterruptedException;
    }
}
