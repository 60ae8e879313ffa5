package dev.meerkat.store.sqlite;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads failed inputs. */
final class FailedReads {
    private static final String COLUMNS = "SELECT f.state, f.body, i.seq, i.at, i.id, i.body";
    private static final String ROWS = COLUMNS + " FROM failed_inputs f JOIN inputs i"
            + " ON i.session_no = f.session_no AND i.track = f.track AND i.n = f.n";
    private static final String RETRIED = "f.state < " + StoredNumbers.of(FailedInput.State.DEAD);
    private static final String DEAD = "f.state = " + StoredNumbers.of(FailedInput.State.DEAD);
    private static final String FIRST =
            ROWS + " WHERE f.session_no = ? AND " + RETRIED + " ORDER BY f.retry_at, i.seq LIMIT 1";
    private static final String LAST =
            ROWS + " WHERE f.session_no = ? AND " + RETRIED + " ORDER BY f.retry_at DESC LIMIT 1";
    private static final String HELD = "SELECT EXISTS (SELECT 1 FROM failed_inputs WHERE session_no = ? AND state = "
            + StoredNumbers.of(FailedInput.State.HELD) + ")";
    private static final String OF_TURN =
            ROWS + " WHERE f.session_no = ? AND " + RETRIED + " AND f.turn = ? AND i.seq > ? ORDER BY i.seq LIMIT ?";
    private static final String DEAD_OF_TURN =
            ROWS + " WHERE f.session_no = ? AND " + DEAD + " AND f.turn = ? AND i.seq > ? ORDER BY i.seq LIMIT ?";
    private static final String AT = ROWS + " WHERE f.session_no = ? AND f.track = ? AND f.n = ?";
    private static final String OF_SESSION = COLUMNS + ", s.id FROM sessions s"
            + " JOIN failed_inputs f ON f.session_no = s.no"
            + " JOIN inputs i ON i.session_no = f.session_no AND i.track = f.track AND i.n = f.n"
            + " WHERE s.id = ? AND " + DEAD + " ORDER BY i.seq LIMIT ? OFFSET ?";
    private static final String OF_ALL = COLUMNS + ", s.id FROM failed_inputs f JOIN sessions s ON s.no = f.session_no"
            + " JOIN inputs i ON i.session_no = f.session_no AND i.track = f.track AND i.n = f.n"
            + " WHERE s.archived = 0 AND " + DEAD + " ORDER BY f.session_no, i.seq LIMIT ? OFFSET ?";

    private FailedReads() {}

    static Optional<RetryQueue> retries(Db db, SessionId id) throws SQLException {
        long session = SessionReads.number(db, id);
        FailedInput first = one(db, FIRST, session);
        FailedInput last = one(db, LAST, session);
        if (first == null || last == null) {
            return Optional.empty();
        }
        PreparedStatement held = db.prepare(HELD);
        held.setLong(1, session);
        try (ResultSet row = held.executeQuery()) {
            return Optional.of(new RetryQueue(row.next() && row.getBoolean(1), first, last));
        }
    }

    private static @Nullable FailedInput one(Db db, String sql, long session) throws SQLException {
        PreparedStatement select = db.prepare(sql);
        select.setLong(1, session);
        try (ResultSet columns = select.executeQuery()) {
            Row row = row(columns, session);
            return row.next() ? failed(row) : null;
        }
    }

    static List<FailedInput> retries(Db db, SessionId id, TurnId turn, Cursor after, int limit) throws SQLException {
        return ofTurn(db, OF_TURN, SessionReads.number(db, id), turn, after, limit);
    }

    static List<FailedInput> deadOfTurn(Db db, long session, TurnId turn) throws SQLException {
        return ofTurn(db, DEAD_OF_TURN, session, turn, Cursor.START, Integer.MAX_VALUE);
    }

    private static List<FailedInput> ofTurn(Db db, String sql, long session, TurnId turn, Cursor after, int limit)
            throws SQLException {
        PreparedStatement select = db.prepare(sql);
        select.setLong(1, session);
        select.setBytes(2, Codes.bytes(turn.value()));
        select.setLong(3, after.sequence());
        select.setInt(4, limit);
        List<FailedInput> failed = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = row(columns, session);
            while (row.next()) {
                failed.add(failed(row));
            }
        }
        return failed;
    }

    /** The dead letter at a place, or null if there is none. */
    static @Nullable FailedInput deadLetter(Db db, long session, InputRows.Place place) throws SQLException {
        FailedInput failed = at(db, session, place.track(), place.n());
        return failed != null && failed.state() == FailedInput.State.DEAD ? failed : null;
    }

    /** The failed input at a place, or null if there is none. */
    static @Nullable FailedInput at(Db db, long session, int track, long n) throws SQLException {
        PreparedStatement select = db.prepare(AT);
        select.setLong(1, session);
        select.setInt(2, track);
        select.setLong(3, n);
        try (ResultSet columns = select.executeQuery()) {
            Row row = row(columns, session);
            return row.next() ? failed(row) : null;
        }
    }

    static List<DeadLetter> deadLetters(Db db, @Nullable SessionId id, int offset, int limit) throws SQLException {
        PreparedStatement select = db.prepare(id == null ? OF_ALL : OF_SESSION);
        int parameter = 1;
        if (id != null) {
            select.setBytes(parameter++, Codes.bytes(id.value()));
        }
        select.setInt(parameter++, limit);
        select.setInt(parameter, offset);
        List<DeadLetter> letters = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "failed_inputs", id == null ? "all sessions" : "session " + id, 0);
            while (row.next()) {
                letters.add(failed(row).deadLetter(new SessionId(row.uuid(7))));
            }
        }
        return letters;
    }

    private static Row row(ResultSet columns, long session) {
        return new Row(columns, "failed_inputs", "session number " + session, 0);
    }

    private static FailedInput failed(Row row) throws SQLException {
        AdmittedInput input = InputReads.admitted(row, 3);
        FailedInput.State state = state(row, 1);
        return row.decoded(2, bytes -> StoreCodec.decodeFailed(bytes, input, state));
    }

    static FailedInput.State state(Row row, int column) throws SQLException {
        try {
            return StoredNumbers.state(row.number(column));
        } catch (IllegalArgumentException e) {
            throw row.damaged(column, e);
        }
    }
}
