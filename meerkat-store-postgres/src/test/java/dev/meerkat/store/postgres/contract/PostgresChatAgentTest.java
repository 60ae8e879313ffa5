package dev.meerkat.store.postgres.contract;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import dev.meerkat.store.postgres.TestServer;
import dev.meerkat.testkit.contract.ChatAgentContract;

class PostgresChatAgentTest extends ChatAgentContract {
    private final PostgresOptions options = TestServer.fresh();

    @Override
    protected SessionStore store() {
        return PostgresStore.open(TestServer.source(), options);
    }
}
