package dev.meerkat.store.postgres.contract;

import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import dev.meerkat.store.postgres.TestServer;
import dev.meerkat.testkit.StoreFixture;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;

/** The runtime on PostgreSQL, one turn at a time in a fixed order. */
class PostgresSerialContractTest extends MeerkatContract {
    @Override
    protected MeerkatFixture open() {
        PostgresOptions options = TestServer.fresh();
        return StoreFixture.durable(() -> PostgresStore.open(TestServer.source(), options), StoreFixture.Turns.SERIAL);
    }
}
