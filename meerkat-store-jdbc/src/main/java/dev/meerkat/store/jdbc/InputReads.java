package dev.meerkat.store.jdbc;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads inputs. */
final class InputReads {
    private static final String PLACE = "SELECT i.track, i.n, i.seq, EXISTS"
            + " (SELECT 1 FROM dead_letters d WHERE d.session_no = i.session_no AND d.id = i.id)"
            + " FROM inputs i WHERE i.id = ? AND i.session_no = ?";
    private static final String HANDLE_REPLY = "SELECT seq FROM handle_replies WHERE id = ? AND session_no = ?";

    private InputReads() {}

    static List<Waiting> waiting(Db db, SessionId id, Track track, long after, int limit) throws SQLException {
        String consumed = Codes.consumedColumn(track);
        PreparedStatement select = db.prepare("SELECT i.n, i.seq, i.at, i.id, i.body FROM inputs i"
                + " WHERE i.session_no = ?1 AND i.track = ?2"
                + " AND i.n > max(?3, (SELECT " + consumed + " FROM progress WHERE session_no = ?1))"
                + " ORDER BY i.n LIMIT ?4");
        select.setLong(1, SessionReads.number(db, id));
        select.setInt(2, Codes.code(track));
        select.setLong(3, after);
        select.setInt(4, limit);
        List<Waiting> waiting = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                waiting.add(new Waiting(track, row.getLong(1), admitted(row, 2)));
            }
        }
        return waiting;
    }

    /** Reads the columns seq, at, id and body. */
    static AdmittedInput admitted(ResultSet row, int firstColumn) throws SQLException {
        return new AdmittedInput(
                new InputId(Codes.uuid(row.getBytes(firstColumn + 2))),
                new Cursor(row.getLong(firstColumn)),
                Codes.instant(row.getLong(firstColumn + 1)),
                StoreCodec.decodeInput(row.getBytes(firstColumn + 3)));
    }

    static Optional<InputPlace> place(Db db, SessionId id, InputId input) throws SQLException {
        long session = SessionReads.number(db, id);
        PreparedStatement select = db.prepare(PLACE);
        select.setBytes(1, Codes.bytes(input.value()));
        select.setLong(2, session);
        try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
                return Optional.of(new InputPlace(
                        track(row.getInt(1)), row.getLong(2), new Cursor(row.getLong(3)), row.getBoolean(4)));
            }
        }
        PreparedStatement reply = db.prepare(HANDLE_REPLY);
        reply.setBytes(1, Codes.bytes(input.value()));
        reply.setLong(2, session);
        try (ResultSet row = reply.executeQuery()) {
            // In no track: it never waits.
            return row.next()
                    ? Optional.of(new InputPlace(Track.PASSIVE, 0, new Cursor(row.getLong(1)), false))
                    : Optional.empty();
        }
    }

    private static Track track(int code) throws SQLException {
        for (Track track : Track.values()) {
            if (Codes.code(track) == code) {
                return track;
            }
        }
        throw new SQLException("there is no track " + code);
    }
}
