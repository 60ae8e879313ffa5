package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over TCP, line 0.6, and nothing beside it. */
class OwnTcp06ContractTest extends ServedContract {
    OwnTcp06ContractTest() {
        super(Access.TCP, ContractLine.V0_6, false);
    }
}
