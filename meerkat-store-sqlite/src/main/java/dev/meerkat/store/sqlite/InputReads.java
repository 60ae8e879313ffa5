package dev.meerkat.store.sqlite;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads inputs. */
final class InputReads {
    private static final String PLACE = "SELECT track, n, seq FROM inputs WHERE id = ? AND session_no = ?";
    private static final String HANDLE_REPLY = "SELECT seq FROM handle_replies WHERE id = ? AND session_no = ?";

    private InputReads() {}

    static List<Waiting> waiting(Db db, SessionId id, Track track, long after, int limit) throws SQLException {
        String consumed = Codes.consumedColumn(track);
        PreparedStatement select = db.prepare("SELECT i.n, i.seq, i.at, i.id, i.body FROM inputs i"
                + " WHERE i.session_no = ?1 AND i.track = ?2"
                + " AND i.n > max(?3, (SELECT " + consumed + " FROM progress WHERE session_no = ?1))"
                + " ORDER BY i.n LIMIT ?4");
        select.setLong(1, SessionReads.number(db, id));
        select.setInt(2, StoredNumbers.of(track));
        select.setLong(3, after);
        select.setInt(4, limit);
        List<Waiting> waiting = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "inputs", "session " + id + ", track " + StoredNumbers.of(track), 1);
            while (row.next()) {
                waiting.add(new Waiting(track, row.number(1), admitted(row, 2)));
            }
        }
        return waiting;
    }

    /** Reads the columns seq, at, id and body. */
    static AdmittedInput admitted(Row row, int firstColumn) throws SQLException {
        InputId id = new InputId(row.uuid(firstColumn + 2));
        Cursor position = cursor(row, firstColumn);
        Instant at = row.instant(firstColumn + 1);
        return row.decoded(firstColumn + 3, stored -> StoreCodec.decodeAdmitted(stored, id, position, at));
    }

    /** Reads a place in the log. */
    static Cursor cursor(Row row, int column) throws SQLException {
        long seq = row.number(column);
        try {
            return new Cursor(seq);
        } catch (RuntimeException e) {
            throw row.damaged(column, e);
        }
    }

    static Optional<InputPlace> place(Db db, SessionId id, InputId input) throws SQLException {
        long session = SessionReads.number(db, id);
        PreparedStatement select = db.prepare(PLACE);
        select.setBytes(1, Codes.bytes(input.value()));
        select.setLong(2, session);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "inputs", "session " + id + ", input " + input, 0);
            if (row.next()) {
                Track track = track(row, 1);
                FailedInput failed = FailedReads.at(db, session, StoredNumbers.of(track), row.number(2));
                return Optional.of(new InputPlace(track, row.number(2), cursor(row, 3), Optional.ofNullable(failed)));
            }
        }
        PreparedStatement reply = db.prepare(HANDLE_REPLY);
        reply.setBytes(1, Codes.bytes(input.value()));
        reply.setLong(2, session);
        try (ResultSet columns = reply.executeQuery()) {
            Row row = new Row(columns, "handle_replies", "session " + id + ", input " + input, 0);
            // In no track: it never waits.
            return row.next()
                    ? Optional.of(new InputPlace(Track.PASSIVE, 0, cursor(row, 1), Optional.empty()))
                    : Optional.empty();
        }
    }

    static Track track(Row row, int column) throws SQLException {
        try {
            return StoredNumbers.track(row.number(column));
        } catch (IllegalArgumentException e) {
            throw row.damaged(column, e);
        }
    }
}
