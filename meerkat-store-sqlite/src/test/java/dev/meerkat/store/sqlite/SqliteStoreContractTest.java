package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.contract.SessionStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreContractTest extends SessionStoreContract {
    @TempDir
    Path directory;

    @Override
    protected SessionStore open() {
        return SqliteStore.open(directory.resolve("store.db"));
    }

    @Override
    protected SessionStore reopen(SessionStore store) {
        store.close();
        return open();
    }
}
