package dev.meerkat.store.sqlite.contract;

import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.StoreFixture;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The runtime on a SQLite file, one turn at a time in a fixed order. */
class SqliteSerialContractTest extends MeerkatContract {
    @TempDir
    Path directory;

    @Override
    protected MeerkatFixture open() {
        Path file = directory.resolve("sessions.db");
        return StoreFixture.durable(() -> SqliteStore.open(file), StoreFixture.Turns.SERIAL);
    }
}
