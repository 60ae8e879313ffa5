package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over TCP, line 0.9, and nothing beside it. */
class OwnPlainTcp09ContractTest extends ServedContract {
    OwnPlainTcp09ContractTest() {
        super(Access.TCP, ContractLine.V0_9, false);
    }
}
