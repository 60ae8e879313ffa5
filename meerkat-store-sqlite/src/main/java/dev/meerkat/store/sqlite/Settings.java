package dev.meerkat.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
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
 * @param patience how long a fault that may pass is borne
 * @param commit commits a transaction
 * @param append appends a record to the journal, and syncs it
 * @param rhythm when the database follows the journal
 */
record Settings(
        int waitingWrites,
        long waitingBytes,
        int readers,
        List<List<String>> migrations,
        long maxPages,
        Patience patience,
        Commit commit,
        Append append,
        Rhythm rhythm) {
    static final Settings DEFAULT = new Settings(
            65_536,
            256L << 20,
            4,
            Schema.MIGRATIONS,
            0,
            new Patience(20, 150, 100),
            Db::commit,
            (segment, record) -> {
                segment.append(record);
                segment.sync();
            },
            new Rhythm(1_000, 8L << 20, 16L << 20, 50, 1_000));

    /** Commits the open transaction; the place for faults. */
    @FunctionalInterface
    interface Commit {
        void commit(Db db) throws SQLException;
    }

    /** Appends a record to a segment of the journal, and syncs it; the place for faults. */
    @FunctionalInterface
    interface Append {
        void append(Segment segment, ByteBuffer record) throws IOException;
    }

    /**
     * How long a fault is borne before which nothing was written.
     *
     * @param attempts attempts at a write, in all
     * @param busyMillis how long each waits for a lock of another process, in milliseconds
     * @param pauseMillis pause between two, in milliseconds
     */
    record Patience(int attempts, int busyMillis, int pauseMillis) {}

    /**
     * When the database follows the journal.
     *
     * @param groups groups of writes after which it commits, so that others get their turn with the database
     * @param commitBytes bytes in the journal after which it commits
     * @param segmentBytes bytes after which a segment is followed by the next
     * @param commitMillis milliseconds after which it follows what is not worth waking it, and commits
     * @param foldMillis milliseconds more after which it has everything, and the journal begins anew
     */
    record Rhythm(int groups, long commitBytes, long segmentBytes, long commitMillis, long foldMillis) {}

    Settings withWaiting(int writes, long bytes) {
        return new Settings(writes, bytes, readers, migrations, maxPages, patience, commit, append, rhythm);
    }

    Settings withMigrations(List<List<String>> other) {
        return new Settings(waitingWrites, waitingBytes, readers, other, maxPages, patience, commit, append, rhythm);
    }

    Settings withMaxPages(long pages) {
        return new Settings(waitingWrites, waitingBytes, readers, migrations, pages, patience, commit, append, rhythm);
    }

    Settings withPatience(Patience other) {
        return new Settings(waitingWrites, waitingBytes, readers, migrations, maxPages, other, commit, append, rhythm);
    }

    Settings withCommit(Commit other) {
        return new Settings(
                waitingWrites, waitingBytes, readers, migrations, maxPages, patience, other, append, rhythm);
    }

    Settings withAppend(Append other) {
        return new Settings(
                waitingWrites, waitingBytes, readers, migrations, maxPages, patience, commit, other, rhythm);
    }

    Settings withRhythm(Rhythm other) {
        return new Settings(
                waitingWrites, waitingBytes, readers, migrations, maxPages, patience, commit, append, other);
    }
}
