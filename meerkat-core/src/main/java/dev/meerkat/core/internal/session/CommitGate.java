package dev.meerkat.core.internal.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets the commits of one session through, one after the other: the steps of its loop, and the changes
 * beside them. Nobody waits on a thread here. Guarded by its monitor, which is never held while calling
 * out.
 */
final class CommitGate {
    private boolean taken;
    /** As many as there are callers in the middle of a call; null while there was none. */
    private @Nullable Deque<CompletableFuture<Boolean>> waiting;

    /** Completes when it is the caller's turn, who then must {@link #leave}. */
    synchronized CompletableFuture<Boolean> enter() {
        CompletableFuture<Boolean> place = new CompletableFuture<>();
        if (!taken) {
            taken = true;
            place.complete(true);
            return place;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waiting.add(place);
        return place;
    }

    /** Lets the next one in. */
    void leave() {
        CompletableFuture<Boolean> next;
        do {
            next = next();
        } while (next != null && !next.complete(true));
    }

    private synchronized @Nullable CompletableFuture<Boolean> next() {
        CompletableFuture<Boolean> next = waiting == null ? null : waiting.poll();
        taken = next != null;
        return next;
    }

    /** Whoever got this place waits no more. */
    void giveUp(CompletableFuture<Boolean> place) {
        if (!place.cancel(false)) {
            leave();
        }
    }
}
