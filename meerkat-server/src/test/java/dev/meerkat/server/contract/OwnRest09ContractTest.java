package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** REST, line 0.9. */
class OwnRest09ContractTest extends ServedContract {
    OwnRest09ContractTest() {
        super(Access.REST, ContractLine.V0_9, true);
    }
}
