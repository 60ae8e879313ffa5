package dev.meerkat.benchmarks;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;

/** Opens durable stores. */
final class Stores {
    private Stores() {}

    static SessionStore sqlite(Path directory) {
        return SqliteStore.open(directory.resolve("meerkat.db"));
    }
}
