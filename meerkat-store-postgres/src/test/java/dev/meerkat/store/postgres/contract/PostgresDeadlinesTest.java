package dev.meerkat.store.postgres.contract;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import dev.meerkat.store.postgres.TestServer;
import dev.meerkat.testkit.contract.DeadlinesContract;
import java.util.function.Supplier;

class PostgresDeadlinesTest extends DeadlinesContract {
    private final PostgresOptions options = TestServer.fresh();

    @Override
    protected Supplier<? extends SessionStore> stores() {
        return () -> PostgresStore.open(TestServer.source(), options);
    }
}
