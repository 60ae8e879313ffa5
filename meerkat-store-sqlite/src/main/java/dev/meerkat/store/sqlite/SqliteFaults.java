package dev.meerkat.store.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What the result codes of SQLite say of a write. */
final class SqliteFaults {
    private static final int PRIMARY = 0xff;

    private SqliteFaults() {}

    private static boolean is(Throwable e, SQLiteErrorCode... codes) {
        if (e instanceof SQLiteException known) {
            int primary = known.getResultCode().code & PRIMARY;
            for (SQLiteErrorCode code : codes) {
                if (code.code == primary) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Another connection holds a lock; this one is as good as before. */
    static boolean busy(Throwable e) {
        return is(e, SQLiteErrorCode.SQLITE_BUSY, SQLiteErrorCode.SQLITE_LOCKED);
    }

    /** No repetition helps. */
    static boolean damaged(Throwable e) {
        return is(e, SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB);
    }

    /** A fault of the file, and not of one write. */
    static boolean transientFault(Throwable e) {
        return e instanceof Segment.NoRoomException || (e instanceof SQLException && !damaged(e));
    }
}
