package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Sharing;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A node without a runtime, for tests that write steps themselves. */
record Alone() implements Sharing.Node {
    /** Lets a store own what no other node owns. */
    static PostgresStore begun(PostgresStore store) {
        store.sharing().orElseThrow().begin(new Alone());
        return store;
    }

    @Override
    public void changed(Set<SessionId> sessions) {
        // Nobody waits for it.
    }

    @Override
    public void schedulesChanged() {
        // There are none.
    }

    @Override
    public void sweep() {
        // There is nothing to do.
    }

    @Override
    public Set<SessionId> busy() {
        return Set.of();
    }

    @Override
    public CompletionStage<String> call(SessionId session, String call) {
        return CompletableFuture.completedFuture(call);
    }
}
