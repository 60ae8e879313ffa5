package dev.meerkat.core.internal;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.RunningTurn;
import dev.meerkat.core.internal.session.SessionLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The handle on the turn of one prompt. */
final class LocalTurn implements Turn {
    private final SessionLoop loop;
    private final InputId inputId;
    private final CompletableFuture<TurnOutcome> outcome;

    /** Waits from now on, so it must be made before the prompt is admitted or taken up. */
    LocalTurn(SessionLoop loop, InputId inputId) {
        this.loop = loop;
        this.inputId = inputId;
        this.outcome = loop.kernel.turns.expect(loop.id, inputId);
    }

    /** The prompt was not admitted. */
    void forget() {
        loop.kernel.turns.forget(inputId, outcome);
    }

    @Override
    public Optional<InputId> inputId() {
        return Optional.of(inputId);
    }

    @Override
    public Optional<TurnId> turnId() {
        return outcome.isDone() && !outcome.isCompletedExceptionally()
                ? outcome.join().turnId()
                : loop.state
                        .running()
                        .filter(turn -> turn.prompts().contains(inputId))
                        .map(RunningTurn::id);
    }

    @Override
    public Optional<TurnOutcome> await(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw Kernel.failure(e.getCause(), inputId.value());
        }
    }

    @Override
    public CompletionStage<TurnOutcome> completion() {
        return outcome.thenApplyAsync(Function.identity(), loop.kernel.env.executor())
                .minimalCompletionStage();
    }

    @Override
    public void cancel() {
        if (outcome.isDone()) {
            return;
        }
        // First the wish and then the look, as the turn takes up the prompt first and then looks for the wish.
        loop.kernel.cancelled.add(inputId);
        CompletableFuture<TurnOutcome> unused =
                outcome.whenComplete((end, failure) -> loop.kernel.cancelled.remove(inputId));
        if (loop.kernel.owns(loop.id)) {
            loop.cancel(inputId);
        } else {
            OwnerCall.cancel(inputId).wish(loop);
        }
    }
}
