package dev.meerkat.store.sqlite.contract;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.contract.SchedulesContract;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;

class SqliteSchedulesTest extends SchedulesContract {
    @TempDir
    Path directory;

    @Override
    protected Supplier<? extends SessionStore> stores() {
        return () -> SqliteStore.open(directory.resolve("store.db"));
    }
}
