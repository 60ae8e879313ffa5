package dev.meerkat.client.internal;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.internal.calls.PendingTurn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A turn whose call is under way, or over. */
final class TurnHandle implements Turn {
    private final Refusals refusals;
    private final SessionId session;
    private final PendingTurn pending;

    TurnHandle(Refusals refusals, SessionId session, PendingTurn pending) {
        this.refusals = refusals;
        this.session = session;
        this.pending = pending;
    }

    /** A turn that has ended. */
    static TurnHandle ended(Refusals refusals, SessionId session, TurnOutcome outcome) {
        return new TurnHandle(refusals, session, new PendingTurn() {
            @Override
            public CompletableFuture<TurnOutcome> outcome() {
                return CompletableFuture.completedFuture(outcome);
            }

            @Override
            public void cancel() {
                // There is nothing left to take back.
            }
        });
    }

    @Override
    public Optional<InputId> inputId() {
        return Optional.empty();
    }

    @Override
    public Optional<TurnId> turnId() {
        CompletableFuture<TurnOutcome> outcome = pending.outcome();
        return outcome.isDone() && !outcome.isCompletedExceptionally()
                ? outcome.join().turnId()
                : Optional.empty();
    }

    @Override
    public Optional<TurnOutcome> await(Duration timeout) throws InterruptedException {
        return refusals.refined(session, () -> await(pending.outcome(), timeout));
    }

    static Optional<TurnOutcome> await(CompletableFuture<TurnOutcome> outcome, Duration timeout)
            throws InterruptedException {
        try {
            return Optional.of(outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (CancellationException e) {
            throw new FailedException("client_closed", "the client was closed while the turn ran", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MeerkatException typed) {
                throw typed;
            }
            throw new FailedException("client_failed", String.valueOf(e.getCause()), e.getCause());
        }
    }

    @Override
    public CompletionStage<TurnOutcome> completion() {
        return pending.outcome().minimalCompletionStage();
    }

    @Override
    public void cancel() throws InterruptedException {
        pending.cancel();
    }
}
