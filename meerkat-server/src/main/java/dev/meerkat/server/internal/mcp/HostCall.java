package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.wire.Faults;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A host's call of a tool, which it may take back. Thread-safe. */
final class HostCall {
    private final @Nullable Notifier notifier;
    private final CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    private volatile boolean quiet;
    private volatile boolean cancelled;
    private volatile @Nullable Runnable stop;

    /** Tells a host something beside the answer of its call. Thread-safe. */
    @FunctionalInterface
    interface Notifier {
        /** Tells something; completes when it is written. */
        CompletionStage<?> tell(ObjectNode data);
    }

    /**
     * A call.
     *
     * @param notifier tells the host the events of the session; null if it does not want them
     */
    HostCall(@Nullable Notifier notifier) {
        this.notifier = notifier;
    }

    /** Tells the host the events of the session, if it wants them. */
    Optional<Notifier> notifier() {
        return quiet ? Optional.empty() : Optional.ofNullable(notifier);
    }

    /** The host wants no events. */
    void quiet() {
        quiet = true;
    }

    /** Not to be completed by others. */
    CompletableFuture<ObjectNode> answer() {
        return answer;
    }

    /** The work has begun, and can be stopped so. */
    void began(Runnable stopsIt) {
        stop = stopsIt;
        if (cancelled) {
            stopsIt.run();
        }
    }

    void complete(ObjectNode result) {
        answer.complete(result);
    }

    void fail(Throwable failure) {
        answer.completeExceptionally(Faults.of(AsyncFailures.unwrapped(failure)));
    }

    /** The same answer as that of something else. */
    void follow(CompletionStage<ObjectNode> stage) {
        stage.whenComplete((result, failure) -> {
            if (failure != null) {
                fail(failure);
            } else {
                complete(result);
            }
        });
    }

    /** The host takes its call back. */
    void cancel() {
        cancelled = true;
        Runnable begun = stop;
        if (begun != null) {
            begun.run();
        }
    }

    /** Whether the host has taken it back. */
    boolean isCancelled() {
        return cancelled;
    }
}
