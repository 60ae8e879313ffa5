package dev.meerkat.store.jdbc;

import dev.meerkat.api.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open store file: its lock and its connections.
 *
 * @param file the file
 * @param lock keeps others out
 * @param writer the only connection that writes
 * @param readers the others
 * @param epoch the number of this opening
 */
record Opened(StoreFile file, StoreLock lock, Db writer, Readers readers, long epoch) {
    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);
    private static final int BUSY_MILLIS = 1_000;
    private static final int CHECKPOINT_PAGES = 4_000;
    private static final int CACHE_KIB = 64 << 10;

    /** Opens a file; on failure, nothing of it stays open, and nothing in it was changed. */
    static Opened open(StoreFile file, Settings settings) {
        file.checkPlace();
        StoreLock lock = StoreLock.acquire(file);
        Db writer = null;
        try {
            file.checkContent();
            writer = Db.open(file.path(), false);
            prepare(writer, file, settings);
            long epoch = nextEpoch(writer);
            return new Opened(file, lock, writer, Readers.open(file, settings.readers()), epoch);
        } catch (SQLException | RuntimeException e) {
            StoreException reason = e instanceof StoreException refusal ? refusal : file.failure("cannot be opened", e);
            undo(lock, writer, reason);
            throw reason;
        }
    }

    private static void undo(StoreLock lock, @Nullable Db writer, StoreException reason) {
        try (lock) {
            if (writer != null) {
                writer.close();
            }
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private static void prepare(Db writer, StoreFile file, Settings settings) throws SQLException {
        writer.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
        Schema.check(writer, file, settings.migrations());
        // From here on, it is known to be ours.
        String mode = writer.text("PRAGMA journal_mode = WAL");
        if (!mode.equals("wal")) {
            throw file.failure("cannot be opened: no write-ahead log is possible there, only mode " + mode, null);
        }
        writer.execute("PRAGMA synchronous = FULL");
        writer.execute("PRAGMA foreign_keys = OFF");
        writer.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        writer.execute("PRAGMA cache_size = -" + CACHE_KIB);
        writer.begin();
        Schema.migrate(writer, settings.migrations());
        if (settings.maxPages() > 0) {
            writer.execute("PRAGMA max_page_count = " + settings.maxPages());
        }
    }

    private static long nextEpoch(Db writer) throws SQLException {
        writer.execute("UPDATE meta SET epoch = epoch + 1");
        long epoch = writer.number("SELECT epoch FROM meta");
        writer.commit();
        return epoch;
    }

    /** Closes everything; the writer's thread must have ended. */
    void close() {
        try (lock) {
            readers.close();
            // Without a rollback, which fails if a fault of the file made SQLite do it; closing does it too.
            writer.close();
        } catch (SQLException e) {
            // What is committed is on disk; the next opening finds it.
            LOG.warn("closing {} failed", file.path(), e);
        }
    }
}
