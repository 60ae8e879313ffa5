package dev.meerkat.store.sqlite.kill;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.store.CommitObserver;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The process that is killed while it imports a session. It never ends by itself. */
public final class ImportKillChild {
    static final String DONE = "done";

    private ImportKillChild() {}

    /**
     * Says when each group of writes begins, and runs until it is killed.
     *
     * @param args the store's file, and that of the session
     * @throws Exception whatever goes wrong; the parent sees the exit
     */
    public static void main(String[] args) throws Exception {
        SqliteStore store = SqliteStore.open(Path.of(args[0]));
        store.observe(writes -> {
            System.out.println("group");
            return CommitObserver.NONE.begin(writes);
        });
        try (InputStream in = Files.newInputStream(Path.of(args[1]))) {
            SessionId unused = SessionFile.read(store, in);
        }
        System.out.println(DONE);
        // All other threads are daemons.
        new CountDownLatch(1).await();
    }
}
