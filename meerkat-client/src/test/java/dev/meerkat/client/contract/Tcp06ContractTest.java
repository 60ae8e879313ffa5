package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;

/** JSON-RPC over TCP, line 0.6. */
class Tcp06ContractTest extends RemoteContract {
    Tcp06ContractTest() {
        super(Surface.TCP, FakeLine.V06);
    }
}
