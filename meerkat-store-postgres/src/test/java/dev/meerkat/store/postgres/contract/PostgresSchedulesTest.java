package dev.meerkat.store.postgres.contract;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import dev.meerkat.store.postgres.TestServer;
import dev.meerkat.testkit.contract.SchedulesContract;
import java.util.function.Supplier;

class PostgresSchedulesTest extends SchedulesContract {
    private final PostgresOptions options = TestServer.fresh();

    @Override
    protected Supplier<? extends SessionStore> stores() {
        return () -> PostgresStore.open(TestServer.source(), options);
    }
}
