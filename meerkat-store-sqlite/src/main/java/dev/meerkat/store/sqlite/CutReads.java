package dev.meerkat.store.sqlite;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads where logs and transcripts begin, and what they need of the inputs. */
final class CutReads {
    private static final String CUT = "SELECT events, entries FROM cuts WHERE session_no = ?";
    private static final String CONSUMED =
            "SELECT prompt, queued, steered, passive, external FROM progress WHERE session_no = ?";
    private static final String REFERRED = "SELECT track, min(n) FROM transcript"
            + " WHERE session_no = ? AND i >= ? AND track IS NOT NULL GROUP BY track";

    private CutReads() {}

    static Cut cut(Db db, long session) throws SQLException {
        PreparedStatement select = db.prepare(CUT);
        select.setLong(1, session);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Cut(new Cursor(row.getLong(1)), row.getLong(2)) : Cut.NONE;
        }
    }

    /**
     * The first number of each track that is needed: by the transcript from an entry on, or because it is the newest
     * consumed one, which has a sum, or is not consumed.
     */
    static Marks needed(Db db, SessionId id, long entries) throws SQLException {
        long session = SessionReads.number(db, id);
        Marks needed = Marks.ZERO;
        PreparedStatement consumed = db.prepare(CONSUMED);
        consumed.setLong(1, session);
        try (ResultSet row = consumed.executeQuery()) {
            if (!row.next()) {
                return needed;
            }
            for (Track track : Track.values()) {
                needed = needed.with(track, row.getLong(Codes.consumedColumn(track)));
            }
        }
        PreparedStatement referred = db.prepare(REFERRED);
        referred.setLong(1, session);
        referred.setLong(2, entries);
        try (ResultSet row = referred.executeQuery()) {
            while (row.next()) {
                Track track = StoredNumbers.track(row.getLong(1));
                needed = needed.with(track, Math.min(needed.get(track), row.getLong(2)));
            }
        }
        return needed;
    }
}
