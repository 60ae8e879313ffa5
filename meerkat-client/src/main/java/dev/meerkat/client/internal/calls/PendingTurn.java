package dev.meerkat.client.internal.calls;

import dev.meerkat.api.TurnOutcome;
import java.util.concurrent.CompletableFuture;

/** A turn whose answer is on its way. Thread-safe. */
public interface PendingTurn {
    /** Completes with the outcome, or with a typed error; within the client's turn timeout. */
    CompletableFuture<TurnOutcome> outcome();

    /** Asks the server to take the call back. */
    void cancel() throws InterruptedException;
}
