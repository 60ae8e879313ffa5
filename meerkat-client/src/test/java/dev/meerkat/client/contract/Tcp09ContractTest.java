package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;

/** JSON-RPC over TCP, line 0.9. */
class Tcp09ContractTest extends RemoteContract {
    Tcp09ContractTest() {
        super(Surface.TCP, FakeLine.V09);
    }
}
