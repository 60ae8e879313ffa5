package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over standard input and output, line 0.9. */
class OwnStdio09ContractTest extends ServedContract {
    OwnStdio09ContractTest() {
        super(Access.STDIO, ContractLine.V0_9, true);
    }
}
