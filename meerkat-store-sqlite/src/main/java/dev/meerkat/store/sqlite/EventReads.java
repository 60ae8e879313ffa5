package dev.meerkat.store.sqlite;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads the event log, which is in two tables. The numbering has no gaps, so a page is exactly the
 * places from one to another, and no table gives more rows than the page has.
 */
final class EventReads {
    private static final String EVENTS =
            "SELECT seq, body FROM events WHERE session_no = ? AND seq > ? ORDER BY seq LIMIT ?";
    private static final String LAST =
            "SELECT n, seq FROM inputs WHERE session_no = ? AND track = ? ORDER BY n DESC LIMIT 1";
    /** Those before may be removed. */
    private static final String SEQ =
            "SELECT seq FROM inputs WHERE session_no = ? AND track = ? AND n >= ? ORDER BY n LIMIT 1";

    private static final String INPUTS =
            "SELECT seq, at, id, body FROM inputs WHERE session_no = ? AND track = ? AND n >= ? ORDER BY n";

    private EventReads() {}

    static List<SessionEvent> events(Db db, SessionId id, Cursor after, int limit) throws SQLException {
        long session = SessionReads.number(db, id);
        List<SessionEvent> page = new ArrayList<>();
        Cursor begin = CutReads.cut(db, session).events();
        long from = Math.max(after.sequence(), begin.sequence());
        if (from > after.sequence()) {
            page.add(new SessionEvent.Gap(begin, OptionalLong.of(from - after.sequence())));
        }
        long to = from > Long.MAX_VALUE - limit ? Long.MAX_VALUE : from + limit - page.size();
        PreparedStatement select = db.prepare(EVENTS);
        select.setLong(1, session);
        select.setLong(2, from);
        select.setInt(3, limit);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "events", "session " + id, 1);
            for (long last = from; last < to && row.next(); last = row.number(1)) {
                ofRow(row).stream()
                        .filter(event -> isBetween(from, event.cursor().sequence(), to))
                        .forEach(page::add);
            }
        }
        for (Track track : Track.values()) {
            addInputs(page, db, id, session, StoredNumbers.of(track), from, to);
        }
        page.sort(Comparator.comparing(SessionEvent::cursor));
        return page;
    }

    private static boolean isBetween(long from, long place, long to) {
        return place > from && place <= to;
    }

    /** The events in a row with the columns seq and body. */
    static List<SessionEvent> ofRow(Row row) throws SQLException {
        Cursor last = InputReads.cursor(row, 1);
        return row.decoded(2, body -> StoreCodec.decodeEvents(body, last));
    }

    private static void addInputs(
            List<SessionEvent> page, Db db, SessionId id, long session, int track, long from, long to)
            throws SQLException {
        long first = firstAfter(db, session, track, from);
        if (first == 0) {
            return;
        }
        PreparedStatement select = db.prepare(INPUTS);
        select.setLong(1, session);
        select.setInt(2, track);
        select.setLong(3, first);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "inputs", "session " + id + ", track " + track, 1);
            while (row.next() && row.number(1) <= to) {
                page.add(new SessionEvent.InputAdmitted(InputReads.admitted(row, 1)));
            }
        }
    }

    /**
     * The number of the first input of a track after a place in the log, or 0. Found from the end by
     * doubling steps, then by halving them: readers are mostly near the end.
     */
    private static long firstAfter(Db db, long session, int track, long from) throws SQLException {
        PreparedStatement last = db.prepare(LAST);
        last.setLong(1, session);
        last.setInt(2, track);
        long high;
        try (ResultSet row = last.executeQuery()) {
            if (!row.next() || row.getLong(2) <= from) {
                return 0;
            }
            high = row.getLong(1);
        }
        // Always: high is after the place, low is not.
        long low = 0;
        for (long step = 1; from > 0 && low == 0 && high > 1; step *= 2) {
            long probe = Math.max(1, high - step);
            if (seq(db, session, track, probe) > from) {
                high = probe;
            } else {
                low = probe;
            }
        }
        while (from > 0 && high - low > 1) {
            long middle = low + (high - low) / 2;
            if (seq(db, session, track, middle) > from) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return from > 0 ? high : 1;
    }

    private static long seq(Db db, long session, int track, long n) throws SQLException {
        PreparedStatement select = db.prepare(SEQ);
        select.setLong(1, session);
        select.setInt(2, track);
        select.setLong(3, n);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("there is no input " + n + " in track " + track + " of session " + session);
            }
            return row.getLong(1);
        }
    }
}
