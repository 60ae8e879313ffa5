package dev.meerkat.store.postgres;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.contract.SessionStoreContract;
import org.junit.jupiter.api.AfterEach;

class PostgresStoreContractTest extends SessionStoreContract {
    private final PostgresOptions options = TestServer.fresh();

    @Override
    protected SessionStore open() {
        return Alone.begun(PostgresStore.open(TestServer.source(), options));
    }

    @Override
    protected SessionStore reopen(SessionStore store) {
        store.close();
        return open();
    }

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }
}
