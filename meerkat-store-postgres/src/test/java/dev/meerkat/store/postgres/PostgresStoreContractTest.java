package dev.meerkat.store.postgres;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.contract.SessionStoreContract;
import org.junit.jupiter.api.AfterEach;

class PostgresStoreContractTest extends SessionStoreContract {
    private final PostgresOptions options = TestServer.fresh();

    private PostgresStore opened;

    @Override
    protected SessionStore open() {
        opened = Alone.begun(PostgresStore.open(TestServer.source(), options));
        return opened;
    }

    @Override
    protected SessionStore reopen(SessionStore store) {
        store.close();
        return open();
    }

    @AfterEach
    void drop() {
        // It still looks at its tables.
        opened.close();
        TestServer.drop(options);
    }
}
