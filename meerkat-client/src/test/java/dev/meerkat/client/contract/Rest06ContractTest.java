package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;

/** REST, line 0.6. */
class Rest06ContractTest extends RemoteContract {
    Rest06ContractTest() {
        super(Surface.REST, FakeLine.V06);
    }
}
