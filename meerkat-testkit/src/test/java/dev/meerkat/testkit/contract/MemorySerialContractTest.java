package dev.meerkat.testkit.contract;

import dev.meerkat.testkit.StoreFixture;

/** The runtime on a store in memory, one turn at a time in a fixed order. */
class MemorySerialContractTest extends MeerkatContract {
    @Override
    protected MeerkatFixture open() {
        return StoreFixture.memory(StoreFixture.Turns.SERIAL);
    }
}
