package dev.meerkat.core.internal.session;

import dev.meerkat.api.InputId;
import dev.meerkat.api.TurnId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** What other threads know of the running turn, and may do to it. Thread-safe, but for its speech. */
public final class RunningTurn {
    private final TurnId id;
    private final StopSignal signal = new StopSignal();
    /** Guarded by the monitor of the {@link SessionState}. */
    private final Speech speech = new Speech();

    private final List<InputId> prompts = new CopyOnWriteArrayList<>();
    /** Completed when a steered input comes; set on the loop's thread. */
    private volatile CompletableFuture<?> steer = new CompletableFuture<>();

    public RunningTurn(TurnId id) {
        this.id = id;
    }

    public TurnId id() {
        return id;
    }

    public StopSignal signal() {
        return signal;
    }

    Speech speech() {
        return speech;
    }

    /** The prompts that the turn has taken up. */
    public List<InputId> prompts() {
        return prompts;
    }

    /** Completes when the next steered input comes, or at once if one waits already. */
    public CompletionStage<?> steered(BooleanSupplier waits) {
        CompletableFuture<?> next = steer.isDone() ? new CompletableFuture<>() : steer;
        // First this and then the look, so that one which comes in between is not missed.
        steer = next;
        if (waits.getAsBoolean()) {
            next.complete(null);
        }
        return next.minimalCompletionStage();
    }

    /** A steered input came; on the store's thread, which must not block. */
    void steerCame(Executor executor) {
        CompletableFuture<?> told = steer;
        if (!told.isDone()) {
            executor.execute(() -> told.complete(null));
        }
    }
}
