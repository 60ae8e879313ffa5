package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** JSON-RPC over TCP, line 0.6. */
class OwnTcp06ContractTest extends ServedContract {
    OwnTcp06ContractTest() {
        super(Access.TCP, ContractLine.V0_6);
    }
}
