package dev.meerkat.testkit.contract;

import dev.meerkat.testkit.StoreFixture;

/** The runtime on a store in memory, its turns on threads of their own. */
class MemoryThreadsContractTest extends MeerkatContract {
    @Override
    protected MeerkatFixture open() {
        return StoreFixture.memory(StoreFixture.Turns.REAL_THREADS);
    }
}
