package dev.meerkat.store.sqlite.contract;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.contract.DeadlinesContract;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;

class SqliteDeadlinesTest extends DeadlinesContract {
    @TempDir
    Path directory;

    @Override
    protected Supplier<? extends SessionStore> stores() {
        return () -> SqliteStore.open(directory.resolve("store.db"));
    }
}
