package dev.meerkat.store.sqlite;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes a part of what is not needed of a session; tells whether there may be more. */
final class TrimSession extends Write<Boolean> {
    /** So many rows at once delay others by some milliseconds. */
    private static final int ROWS = 1_000;

    private static final String OLDEST =
            "SELECT i.n, i.seq, i.at, i.body, f.state FROM inputs i LEFT JOIN failed_inputs f"
                    + " ON f.session_no = i.session_no AND f.track = i.track AND f.n = i.n"
                    + " WHERE i.session_no = ? AND i.track = ? AND i.n < ? ORDER BY i.n LIMIT ?";
    private static final String NEXT_EVENTS =
            "SELECT seq, body FROM events WHERE session_no = ? AND seq > ? ORDER BY seq LIMIT 1";
    private static final String REFERRED =
            "SELECT 1 FROM transcript WHERE session_no = ? AND track = ? AND n = ? LIMIT 1";

    /** An input that may go. */
    private record Old(long n, @Nullable String key, boolean failed) {}

    private final Trim trim;
    private final Marks needed;

    /** {@code needed} has the first number of each track that is needed, as {@link CutReads#needed} says. */
    TrimSession(Trim trim, Marks needed) {
        StoredNumbers.check(trim.keysBefore());
        this.trim = trim;
        this.needed = needed;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    Boolean apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(trim.session());
        if (session == null) {
            return false;
        }
        Cut before = CutReads.cut(tables.draft.db(), session.no);
        long events = Math.min(trim.upTo().events().sequence(), session.lastSeq() - 1);
        long entries = Math.min(trim.upTo().entries(), session.entries() - 1);
        long nowEvents = Math.max(
                before.events().sequence(), Math.min(events, before.events().sequence() + ROWS));
        long nowEntries = Math.max(before.entries(), Math.min(entries, before.entries() + ROWS));
        Cut now = new Cut(new Cursor(nowEvents), nowEntries);
        if (!now.equals(before)) {
            cutRow(tables.draft, session, nowEvents);
            tables.draft.update(RowChange.CUT_EVENTS, session.no, nowEvents);
            tables.draft.update(RowChange.CUT_ENTRIES, session.no, nowEntries);
            tables.draft.update(RowChange.CUT, session.no, nowEvents, nowEntries);
        }
        boolean more = nowEvents < events || nowEntries < entries;
        for (Track track : Track.values()) {
            more |= inputs(tables, session, track, nowEvents);
        }
        return more;
    }

    /** The row of a step that the cut goes through keeps the events behind it. */
    private static void cutRow(Draft draft, HotSession session, long cut) throws SQLException {
        PreparedStatement select = draft.prepare(NEXT_EVENTS);
        select.setLong(1, session.no);
        select.setLong(2, cut);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "events", "session " + session.id, 1);
            if (!row.next()) {
                return;
            }
            List<SessionEvent> events = EventReads.ofRow(row);
            List<SessionEvent> left = events.stream()
                    .filter(event -> event.cursor().sequence() > cut)
                    .toList();
            if (left.size() < events.size()) {
                draft.update(RowChange.EVENTS_LEFT, StoreCodec.encode(left), session.no, row.number(1));
            }
        }
    }

    /** Removes inputs of a track; whether there may be more. */
    private boolean inputs(Tables tables, HotSession session, Track track, long events) throws SQLException {
        int number = StoredNumbers.of(track);
        List<Old> old = new ArrayList<>();
        boolean more = old(tables.draft.db(), session, track, events, old);
        for (Old input : old) {
            if (input.failed() && referred(tables.draft.db(), session, number, input.n())) {
                continue;
            }
            if (input.failed()) {
                tables.draft.update(RowChange.NO_FAILED_INPUT, session.no, number, input.n());
            }
            if (input.key() != null) {
                for (long hash : Codes.hashes(input.key())) {
                    tables.draft.update(RowChange.NO_KEY_OF_INPUT, session.no, hash, input.n());
                }
            }
            tables.draft.update(RowChange.NO_INPUT, session.no, number, input.n());
        }
        return more && !old.isEmpty();
    }

    private boolean old(Db db, HotSession session, Track track, long events, List<Old> old) throws SQLException {
        long keysBefore = StoredNumbers.of(trim.keysBefore());
        long unkept = session.admitted(track) - trim.keysKept();
        PreparedStatement select = db.prepare(OLDEST);
        select.setLong(1, session.no);
        select.setInt(2, StoredNumbers.of(track));
        select.setLong(3, needed.get(track));
        select.setInt(4, ROWS);
        int rows = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows++;
                long n = row.getLong(1);
                boolean keyNeeded = row.getLong(3) >= keysBefore && n > unkept;
                if (row.getLong(2) > events || keyNeeded) {
                    // So are all that come after it.
                    return false;
                }
                long state = row.getLong(5);
                boolean failed = !row.wasNull();
                if (!failed || state > StoredNumbers.of(FailedInput.State.DEAD)) {
                    InputBody body = StoreCodec.decodeInput(row.getBytes(4));
                    old.add(new Old(n, InboxRules.key(body), failed));
                }
            }
        }
        return rows == ROWS;
    }

    /** It may have been handled since it was looked which are needed. */
    private static boolean referred(Db db, HotSession session, int track, long n) throws SQLException {
        PreparedStatement select = db.prepare(REFERRED);
        select.setLong(1, session.no);
        select.setInt(2, track);
        select.setLong(3, n);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }
}
