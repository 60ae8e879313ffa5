package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;

/** JSON-RPC with a child process, line 0.9. */
class Stdio09ContractTest extends RemoteContract {
    Stdio09ContractTest() {
        super(Surface.STDIO, FakeLine.V09);
    }
}
