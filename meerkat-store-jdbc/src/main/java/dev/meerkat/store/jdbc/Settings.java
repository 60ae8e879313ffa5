package dev.meerkat.store.jdbc;

import java.sql.SQLException;
import java.util.List;

/**
 * What only tests set to anything but the defaults.
 *
 * @param waitingWrites most writes that wait
 * @param waitingBytes bytes of waiting writes beyond which no more are taken
 * @param readers connections for reading
 * @param migrations the schema
 * @param maxPages most pages of the database, 0 for no bound but the disk
 * @param commit commits a transaction
 */
record Settings(
        int waitingWrites,
        long waitingBytes,
        int readers,
        List<List<String>> migrations,
        long maxPages,
        Commit commit) {
    static final Settings DEFAULT = new Settings(65_536, 256L << 20, 4, Schema.MIGRATIONS, 0, Db::commit);

    /** Commits the open transaction; the place for faults. */
    @FunctionalInterface
    interface Commit {
        void commit(Db db) throws SQLException;
    }

    Settings withWaiting(int writes, long bytes) {
        return new Settings(writes, bytes, readers, migrations, maxPages, commit);
    }

    Settings withMigrations(List<List<String>> other) {
        return new Settings(waitingWrites, waitingBytes, readers, other, maxPages, commit);
    }

    Settings withMaxPages(long pages) {
        return new Settings(waitingWrites, waitingBytes, readers, migrations, pages, commit);
    }

    Settings withCommit(Commit other) {
        return new Settings(waitingWrites, waitingBytes, readers, migrations, maxPages, other);
    }
}
