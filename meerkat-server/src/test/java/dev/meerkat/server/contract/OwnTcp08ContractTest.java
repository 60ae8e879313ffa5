package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over TCP, line 0.8, and nothing beside it. */
class OwnTcp08ContractTest extends ServedContract {
    OwnTcp08ContractTest() {
        super(Access.TCP, ContractLine.V0_8, false);
    }
}
