package dev.meerkat.store.postgres;

import java.util.List;

/** Gives up shards, after all that this node has written for them, and before all that it might still try to. */
final class ReleaseWrite extends GroupWrite<Boolean> {
    private final List<Integer> released;
    private final Shards shards;

    ReleaseWrite(List<Integer> released, Shards shards) {
        this.released = released;
        this.shards = shards;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    void wants(Wanted wanted) {
        // Nothing.
    }

    @Override
    Boolean apply(Known known) {
        for (int shard : released) {
            shards.drop(shard);
            known.owners.remove(shard);
            known.released.row(shard, known.node);
        }
        return true;
    }
}
