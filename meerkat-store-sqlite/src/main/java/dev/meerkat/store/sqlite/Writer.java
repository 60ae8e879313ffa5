package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreLostException;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that writes. One that met a fault is thrown away, and the next transaction opens another: SQLite
 * then finds by its own rules what is stored. Confined to the committer once it is open.
 */
final class Writer {
    /** Both together change a page, so that it must be written, and leave it as it was. */
    private static final String PROBE_THERE = "UPDATE meta SET epoch = epoch + 1";

    private static final String PROBE_BACK = "UPDATE meta SET epoch = epoch - 1";
    private static final String EPOCH = "SELECT epoch FROM meta";
    private static final int OPENING_BUSY_MILLIS = 5_000;
    private static final int CHECKPOINT_PAGES = 4_000;
    private static final int CACHE_KIB = 64 << 10;

    private final StoreFile file;
    private final Settings settings;
    private final OpenFiles files;
    private final long epoch;
    private @Nullable Tables tables;
    private boolean begun;

    private Writer(StoreFile file, Settings settings, Db db, OpenFiles files, long epoch) {
        this.file = file;
        this.settings = settings;
        this.files = files;
        this.epoch = epoch;
        this.tables = new Tables(db);
    }

    /** Opens the database, brings it to the newest version, and counts the opening. */
    static Writer open(StoreFile file, Settings settings) throws SQLException {
        Db db = Db.writing(file.path());
        try {
            prepare(db, file, settings, OPENING_BUSY_MILLIS);
            Schema.migrate(db, settings.migrations());
            db.begin();
            db.execute(PROBE_THERE);
            long epoch = db.number(EPOCH);
            db.commit();
            db.execute("PRAGMA busy_timeout = " + settings.patience().busyMillis());
            return new Writer(file, settings, db, OpenFiles.of(file), epoch);
        } catch (SQLException | RuntimeException e) {
            try {
                db.close();
            } catch (SQLException also) {
                e.addSuppressed(also);
            }
            throw e;
        }
    }

    private static void prepare(Db db, StoreFile file, Settings settings, int busyMillis) throws SQLException {
        db.execute("PRAGMA busy_timeout = " + busyMillis);
        Schema.check(db, file, settings.migrations());
        // From here on, it is known to be ours.
        String mode = db.text("PRAGMA journal_mode = WAL");
        if (!mode.equals("wal")) {
            throw file.failure("cannot be opened: no write-ahead log is possible there, only mode " + mode, null);
        }
        db.execute("PRAGMA synchronous = FULL");
        db.execute("PRAGMA foreign_keys = OFF");
        db.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        db.execute("PRAGMA cache_size = -" + CACHE_KIB);
        if (settings.maxPages() > 0) {
            db.execute("PRAGMA max_page_count = " + settings.maxPages());
        }
    }

    /** The number of this opening of the store. */
    long epoch() {
        return epoch;
    }

    OpenFiles files() {
        return files;
    }

    /**
     * Begins a transaction.
     *
     * @return what it works on
     * @throws StoreLostException if the store is not this opening's any more
     */
    Tables begin() throws SQLException {
        Tables current = tables;
        if (current == null) {
            current = renew();
            tables = current;
        } else {
            // What is written after the files are lost is surely not done; the look behind the commit leaves that open.
            files.check();
        }
        current.db.begin();
        begun = true;
        long found = current.db.number(EPOCH);
        if (found != epoch) {
            throw new StoreLostException(
                    file.text("is lost: another process has opened it (opening number " + found
                            + "; this one is number " + epoch + "). Only one process may have it: stop one of the two"),
                    null);
        }
        return current;
    }

    private Tables renew() throws SQLException {
        files.checkDatabase();
        Db db = Db.writing(file.path());
        try {
            prepare(db, file, settings, settings.patience().busyMillis());
            files.checkDatabase();
            files.logRenewed();
            return new Tables(db);
        } catch (IOException e) {
            throw closing(db, file.failure("cannot be opened again", e));
        } catch (SQLException e) {
            throw closing(db, e);
        } catch (RuntimeException e) {
            throw closing(db, e);
        }
    }

    private static <E extends Exception> E closing(Db db, E reason) {
        try {
            db.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
        return reason;
    }

    /** Makes the transaction durable; what fails here may be stored all the same. */
    void commit() throws SQLException {
        Tables current = current();
        settings.commit().commit(current.db);
        begun = false;
        files.check();
    }

    /** Takes the transaction back, if one was begun; the connection stays. */
    void rollback() throws SQLException {
        if (begun) {
            Tables current = current();
            current.sessions.forget();
            current.db.rollback();
            begun = false;
        }
    }

    /** Writes a page and commits, as any write would, but leaves everything as it was. */
    void probe() throws SQLException {
        Tables current = begin();
        current.db.execute(PROBE_THERE);
        current.db.execute(PROBE_BACK);
        commit();
    }

    private Tables current() {
        Tables current = tables;
        if (current == null) {
            throw new IllegalStateException("no transaction was begun");
        }
        return current;
    }

    /** Throws the connection away. */
    void abandon() {
        try {
            close();
        } catch (SQLException e) {
            // It was broken before; SQLite takes back what it had begun.
        }
    }

    void close() throws SQLException {
        Tables current = tables;
        tables = null;
        begun = false;
        if (current != null) {
            current.db.close();
        }
    }
}
