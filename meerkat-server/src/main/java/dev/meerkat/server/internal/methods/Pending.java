package dev.meerkat.server.internal.methods;

import dev.meerkat.api.TraceContext;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.Faults;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call and, once it has begun one, the turn that it waits for without holding a thread. */
final class Pending<T> implements PendingCall<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);

    private final Workers workers;
    private final Executor answers;
    private final CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
    private volatile boolean cancelled;
    private volatile @Nullable Turn turn;

    /**
     * A call.
     *
     * @param workers for what may wait
     * @param answers runs what answers it when a store has written, whose own thread has more to write
     */
    Pending(Workers workers, Executor answers) {
        this.workers = workers;
        this.answers = answers;
    }

    @Override
    public CompletableFuture<Answer<T>> answer() {
        return answer;
    }

    /** Does on a thread what completes this, or throws. An error too must end in an answer, or its caller waits for ever. */
    void runOn(Executor executor, Task task) {
        TraceContext trace = TraceContext.current().orElse(null);
        try {
            executor.execute(() -> run(task, trace));
        } catch (RejectedExecutionException e) {
            fail(e);
        }
    }

    @SuppressWarnings("Interruption")
    private void run(Task task, @Nullable TraceContext trace) {
        TraceContext.Scope scope = TraceContext.enter(trace);
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            scope.close();
        }
    }

    void complete(T result) {
        answer.complete(new Answer<>(result, Optional.empty()));
    }

    /** Answers when something is done; at once if it is. */
    void complete(CompletionStage<T> stage) {
        boolean done = stage.toCompletableFuture().isDone();
        CompletionStage<T> told = done ? stage : stage.whenCompleteAsync((value, failure) -> {}, answers);
        told.whenComplete((value, failure) -> {
            if (failure != null) {
                fail(failure);
            } else {
                complete(value);
            }
        });
    }

    void fail(Throwable failure) {
        answer.completeExceptionally(Faults.of(AsyncFailures.unwrapped(failure)));
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
    void follow(Turn begun, BiFunction<TurnOutcome, Boolean, T> end) {
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
                T result = end.apply(outcome, cancelled);
                answer.complete(new Answer<>(result, outcome.turnId().map(TurnId::toString)));
            } catch (RuntimeException | Error e) {
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
        } catch (RuntimeException | Error e) {
            LOG.debug("what a call left behind failed", e);
        }
    }

    /** What may wait. */
    @FunctionalInterface
    interface Task {
        void run() throws InterruptedException;
    }
}
