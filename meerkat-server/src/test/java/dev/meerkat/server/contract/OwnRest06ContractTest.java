package dev.meerkat.server.contract;

import dev.meerkat.wire.ContractLine;

/** REST, line 0.6, and nothing beside it. */
class OwnRest06ContractTest extends ServedContract {
    OwnRest06ContractTest() {
        super(Access.REST, ContractLine.V0_6, false);
    }
}
