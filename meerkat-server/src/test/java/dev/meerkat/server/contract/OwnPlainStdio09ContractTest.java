package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over standard input and output, line 0.9, and nothing beside it. */
class OwnPlainStdio09ContractTest extends ServedContract {
    OwnPlainStdio09ContractTest() {
        super(Access.STDIO, ContractLine.V0_9, false);
    }
}
