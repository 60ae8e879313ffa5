package dev.meerkat.store.postgres;

import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;

/** The whole contract, with every call made at a node that does not own the session. */
class TwoNodesContractTest extends MeerkatContract {
    @Override
    protected MeerkatFixture open() {
        return new TwoNodes(PostgresSettings.DEFAULT);
    }
}
