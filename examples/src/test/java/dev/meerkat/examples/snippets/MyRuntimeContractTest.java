package dev.meerkat.examples.snippets;

import dev.meerkat.testkit.StoreFixture;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;

// snippet: contract
class MyRuntimeContractTest extends MeerkatContract {
    @Override
    protected MeerkatFixture open() {
        return StoreFixture.memory(StoreFixture.Turns.SERIAL);
    }
}
// end
