package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other nodes tell, on a connection of its own, and looks at everything once a second in case it was not told.
 * Confined to its thread, but for {@link #start} and {@link #close}.
 */
final class News {
    private static final Logger LOG = LoggerFactory.getLogger(News.class);
    private static final int POLL_MILLIS = 100;
    private static final long CLOSE_SECONDS = 30;

    private final Database database;
    private final PostgresSharing sharing;
    private final PostgresSettings settings;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable DbConnection db;

    News(Database database, PostgresSharing sharing, PostgresSettings settings) {
        this.database = database;
        this.sharing = sharing;
        this.settings = settings;
        this.thread = new Thread(this::run, "meerkat-store-news");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long next = settings.nanos().getAsLong();
        while (closing.getCount() > 0) {
            boolean heard = listen();
            if (settings.nanos().getAsLong() - next >= 0) {
                next = settings.nanos().getAsLong() + TimeUnit.MILLISECONDS.toNanos(sharing.sweepMillis());
                sharing.sweep();
            }
            if (!heard) {
                pause();
            }
        }
        giveBack();
    }

    /** Hears what is told within a short time; false if that is not possible now. */
    private boolean listen() {
        if (!settings.hints()) {
            return false;
        }
        try {
            DbConnection held = db;
            if (held == null) {
                held = database.hold();
                db = held;
                held.connection().setAutoCommit(true);
                execute(held, "LISTEN");
                // What happened before.
                sharing.sweep();
            }
            PGNotification[] told = held.connection().unwrap(PGConnection.class).getNotifications(POLL_MILLIS);
            hear(told == null ? new PGNotification[0] : told);
            return true;
        } catch (SQLException | RuntimeException | Error e) {
            // Whoever may write to the database can tell anything. This thread must not end: it looks at everything,
            // too.
            LOG.debug("what other nodes tell cannot be heard now", e);
            Database.giveBack(db);
            db = null;
            return false;
        }
    }

    private void execute(DbConnection held, String command) throws SQLException {
        try (Statement statement = held.connection().createStatement()) {
            boolean unused = statement.execute(command + " " + DbConnection.quoted(Hints.channel(database)));
        }
    }

    private void hear(PGNotification[] told) {
        Set<SessionId> changed = new HashSet<>();
        Set<Hints.Kind> kinds = new HashSet<>();
        for (PGNotification one : told) {
            String[] hints = one.getParameter().split(" ", -1);
            if (sharing.isMe(hints[0])) {
                continue;
            }
            for (int i = 1; i < hints.length; i++) {
                String hint = hints[i];
                Hints.Kind.of(hint).ifPresentOrElse(kinds::add, () -> changed.add(Hints.session(hint)));
            }
        }
        if (!changed.isEmpty() || !kinds.isEmpty()) {
            sharing.heard(changed, kinds);
        }
    }

    private void pause() {
        try {
            boolean unused = closing.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.debug("interrupted while waiting for news", e);
        }
    }

    private void giveBack() {
        DbConnection held = db;
        if (held != null) {
            try {
                execute(held, "UNLISTEN");
            } catch (SQLException e) {
                LOG.debug("the connection for news was not given back well", e);
            }
            Database.giveBack(held);
        }
    }

    void close() {
        closing.countDown();
        Database.join(thread, CLOSE_SECONDS);
    }
}
