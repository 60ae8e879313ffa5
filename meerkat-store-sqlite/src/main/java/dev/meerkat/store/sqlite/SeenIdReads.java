package dev.meerkat.store.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.LongPredicate;

/** Reads the ids and keys that a database has, for {@link SeenIds}. */
final class SeenIdReads {
    private static final int PAGE = 10_000;
    private static final String EMPTY = "SELECT NOT (EXISTS (SELECT 1 FROM inputs)"
            + " OR EXISTS (SELECT 1 FROM handle_replies) OR EXISTS (SELECT 1 FROM event_keys))";
    private static final String INPUTS = "SELECT id, session_no FROM inputs"
            + " WHERE (id, session_no) > (?, ?) ORDER BY id, session_no LIMIT " + PAGE;
    private static final String REPLIES = "SELECT id, session_no FROM handle_replies"
            + " WHERE (id, session_no) > (?, ?) ORDER BY id, session_no LIMIT " + PAGE;
    private static final String KEYS = "SELECT hash, session_no FROM event_keys"
            + " WHERE (session_no, hash) > (?, ?) ORDER BY session_no, hash LIMIT " + PAGE;

    private SeenIdReads() {}

    /** Whether a database has none. */
    static boolean isEmpty(StoreFile file) throws SQLException {
        try (Db db = Db.reading(file.path())) {
            return db.number(EMPTY) != 0;
        }
    }

    /** Tells all of them until one does not want more; page by page, so that no transaction is long. */
    static void all(StoreFile file, LongPredicate found) throws SQLException {
        try (Db db = Db.reading(file.path())) {
            boolean unused = ids(db, INPUTS, found) && ids(db, REPLIES, found) && keys(db, found);
        }
    }

    private static boolean ids(Db db, String sql, LongPredicate found) throws SQLException {
        byte[] id = {};
        long session = 0;
        PreparedStatement select = db.prepare(sql);
        for (int rows = PAGE; rows == PAGE; ) {
            rows = 0;
            select.setBytes(1, id);
            select.setLong(2, session);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows++;
                    id = row.getBytes(1);
                    session = row.getLong(2);
                    if (!found.test(SeenIds.id(Codes.uuid(id), session))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean keys(Db db, LongPredicate found) throws SQLException {
        long session = 0;
        long hash = Long.MIN_VALUE;
        PreparedStatement select = db.prepare(KEYS);
        for (int rows = PAGE; rows == PAGE; ) {
            rows = 0;
            select.setLong(1, session);
            select.setLong(2, hash);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows++;
                    hash = row.getLong(1);
                    session = row.getLong(2);
                    if (!found.test(SeenIds.key(hash, session))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
