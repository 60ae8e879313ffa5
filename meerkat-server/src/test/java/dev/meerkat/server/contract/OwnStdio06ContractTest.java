package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over standard input and output, line 0.6, and nothing beside it. */
class OwnStdio06ContractTest extends ServedContract {
    OwnStdio06ContractTest() {
        super(Access.STDIO, ContractLine.V0_6, false);
    }
}
