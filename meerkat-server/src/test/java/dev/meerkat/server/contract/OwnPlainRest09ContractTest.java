package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** REST, line 0.9, and nothing beside it. */
class OwnPlainRest09ContractTest extends ServedContract {
    OwnPlainRest09ContractTest() {
        super(Access.REST, ContractLine.V0_9, false);
    }
}
