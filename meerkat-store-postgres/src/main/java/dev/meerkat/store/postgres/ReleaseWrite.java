package dev.meerkat.store.postgres;

import java.util.List;

/** Gives up shards, after all that this node has written for them, and before all that it might still try to. */
final class ReleaseWrite extends GroupWrite<Boolean> {
    private final List<Integer> released;
    private final Shards shards;
    private final boolean last;

    /**
     * Gives them up.
     *
     * @param last whether the node takes no others; so it counts no longer in the shares of those that take these
     */
    ReleaseWrite(List<Integer> released, Shards shards, boolean last) {
        this.released = released;
        this.shards = shards;
        this.last = last;
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
        if (last) {
            known.leaving.row(known.node);
        }
        for (int shard : released) {
            shards.drop(shard);
            known.owners.remove(shard);
            known.released.row(shard, known.node);
        }
        return true;
    }
}
