package dev.meerkat.core.internal;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The handle on the turn of one prompt. */
record LocalTurn(InputId inputId, CompletableFuture<TurnOutcome> outcome, Executor executor) implements Turn {
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
        return outcome.thenApplyAsync(Function.identity(), executor).minimalCompletionStage();
    }
}
