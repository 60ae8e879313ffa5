package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over TCP, line 0.9. */
class OwnTcp09ContractTest extends ServedContract {
    OwnTcp09ContractTest() {
        super(Access.TCP, ContractLine.V0_9, true);
    }
}
