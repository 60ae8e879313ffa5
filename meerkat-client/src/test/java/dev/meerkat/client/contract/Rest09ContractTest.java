package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;

/** REST, line 0.9. */
class Rest09ContractTest extends RemoteContract {
    Rest09ContractTest() {
        super(Surface.REST, FakeLine.V09);
    }
}
