package dev.meerkat.store.sqlite;

import java.sql.SQLException;

/** Gives free pages of the database back to the file system, and empties its write-ahead log. */
final class Vacuum {
    /** So many pages at once delay others by some milliseconds. */
    private static final int PAGES = 500;
    /** Fewer are soon used again. */
    private static final int KEPT_PAGES = 256;

    private static final String INCREMENTAL = "2";

    private Vacuum() {}

    /** An empty database is to be one that can lose pages. */
    static void begin(Db db) throws SQLException {
        if (db.text("PRAGMA page_count").equals("0")) {
            db.execute("PRAGMA auto_vacuum = " + INCREMENTAL);
        }
    }

    /** A database of an earlier version gets the form in which it can lose pages: it is written anew, once. */
    static void prepare(Db db) throws SQLException {
        if (!db.text("PRAGMA auto_vacuum").equals(INCREMENTAL)) {
            db.execute("PRAGMA auto_vacuum = " + INCREMENTAL);
            db.execute("VACUUM");
        }
    }

    /** Whether there are free pages that are to be taken away. */
    static boolean isDue(Db db) throws SQLException {
        return free(db) > KEPT_PAGES;
    }

    /** Takes some free pages away; tells whether there are more. */
    static boolean shrink(Db db) throws SQLException {
        long free = free(db);
        if (free > KEPT_PAGES) {
            db.toItsEnd("PRAGMA incremental_vacuum(" + Math.min(PAGES, free - KEPT_PAGES) + ")");
            free = free(db);
        }
        if (free <= KEPT_PAGES) {
            // Only now the file gets shorter; a reader in the way leaves that to the next checkpoint.
            boolean unused = emptyLog(db);
            return false;
        }
        return true;
    }

    private static long free(Db db) throws SQLException {
        return Long.parseLong(db.text("PRAGMA freelist_count"));
    }

    /** Brings the write-ahead log into the database, and leaves it empty; false if a reader is in the way. */
    static boolean emptyLog(Db db) throws SQLException {
        return db.text("PRAGMA wal_checkpoint(TRUNCATE)").equals("0");
    }
}
