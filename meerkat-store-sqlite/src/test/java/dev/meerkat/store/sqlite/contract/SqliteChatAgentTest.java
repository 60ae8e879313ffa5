package dev.meerkat.store.sqlite.contract;

import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.contract.ChatAgentContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteChatAgentTest extends ChatAgentContract {
    @TempDir
    Path directory;

    @Override
    protected SessionStore store() {
        return SqliteStore.open(directory.resolve("store.db"));
    }
}
