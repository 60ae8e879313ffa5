package dev.meerkat.store.sqlite.kill;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.CommitObserver;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Trim;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The process that is killed while it deletes a session, or removes a part of it. It never ends by itself. */
public final class DeletionKillChild {
    static final String DONE = "done";

    private DeletionKillChild() {}

    /**
     * Says when each group of writes begins, and runs until it is killed.
     *
     * @param args the store's file, the session, and to remove a part: the last place of the log, the number of entries
     * @throws Exception whatever goes wrong; the parent sees the exit
     */
    public static void main(String[] args) throws Exception {
        SqliteStore store = SqliteStore.open(Path.of(args[0]));
        SessionId id = SessionId.of(args[1]);
        store.observe(writes -> {
            System.out.println("group");
            return CommitObserver.NONE.begin(writes);
        });
        if (args.length == 2) {
            done(store.delete(id));
        } else {
            trim(store, id, new Cut(new Cursor(Long.parseLong(args[2])), Long.parseLong(args[3])));
        }
        System.out.println(DONE);
        // All other threads are daemons.
        new CountDownLatch(1).await();
    }

    static void trim(SessionStore store, SessionId id, Cut upTo) throws Exception {
        Trim trim = new Trim(id, upTo, DeletionKillTest.AT.plusSeconds(1), 0);
        boolean more = true;
        while (more) {
            more = done(store.trim(trim));
        }
    }

    static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
