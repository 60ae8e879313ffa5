package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;

/** JSON-RPC with a child process, line 0.6. */
class Stdio06ContractTest extends RemoteContract {
    Stdio06ContractTest() {
        super(Surface.STDIO, FakeLine.V06);
    }
}
