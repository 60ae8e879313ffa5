package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A host's call that waits for a turn: for its end, or for the tools that it calls. Thread-safe. */
final class HostCall {
    private final @Nullable Telling telling;
    private final CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    private volatile boolean cancelled;
    private volatile @Nullable Runnable cancelTurn;

    /**
     * A call.
     *
     * @param telling takes the events of the session; null if the host does not want them
     */
    HostCall(@Nullable Telling telling) {
        this.telling = telling;
    }

    /** Takes the events of the session, if the host wants them. */
    Optional<Telling> telling() {
        return Optional.ofNullable(telling);
    }

    /** Not to be completed by others. */
    CompletableFuture<ObjectNode> answer() {
        return answer;
    }

    /** It waits for a turn that can be cancelled so. */
    void waitsFor(Runnable cancel) {
        cancelTurn = cancel;
        if (cancelled) {
            cancel.run();
        }
    }

    void complete(ObjectNode result) {
        answer.complete(result);
    }

    void fail(WireFault fault) {
        answer.completeExceptionally(fault);
    }

    /** The host takes its call back, and with it the turn. */
    void cancel() {
        cancelled = true;
        Runnable cancel = cancelTurn;
        if (cancel != null) {
            cancel.run();
        }
    }
}
