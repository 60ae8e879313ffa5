package dev.meerkat.store.postgres;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads inputs, those that wait and those that failed. */
final class InputQueries {
    private static final String INPUT = "i.seq, i.at, i.id, i.body";
    private static final String FAILED = "SELECT f.state, f.body, " + INPUT + ", c.id FROM $.session c"
            + " JOIN $.failed_input f ON f.session_no = c.no"
            + " JOIN $.input i ON i.session_no = f.session_no AND i.seq = f.seq WHERE ";
    private static final String RETRIED = FAILED + "c.id = ? AND f.state < 2";
    private static final String FIRST = "(" + RETRIED + " ORDER BY f.retry_at, i.seq LIMIT 1)";
    private static final String LAST = "(" + RETRIED + " ORDER BY f.retry_at DESC LIMIT 1)";
    private static final String HELD = "SELECT EXISTS (SELECT 1 FROM $.session c JOIN $.failed_input f"
            + " ON f.session_no = c.no WHERE c.id = ? AND f.state = 0), q.* FROM (" + FIRST + " UNION ALL " + LAST
            + ") q(state, failed, seq, at, id, body, session)";
    private static final String OF_TURN = RETRIED + " AND f.turn = ? AND i.seq > ? ORDER BY i.seq LIMIT ?";
    private static final String DEAD_OF_SESSION = FAILED + "c.id = ? AND f.state = 2 ORDER BY i.seq LIMIT ? OFFSET ?";
    private static final String DEAD_OF_ALL =
            FAILED + "NOT c.archived AND f.state = 2 ORDER BY f.session_no, i.seq LIMIT ? OFFSET ?";
    private static final String PLACE = "SELECT i.track, i.n, f.state, f.body, " + INPUT + ", h.seq"
            + " FROM $.session c LEFT JOIN $.input i ON i.session_no = c.no AND i.id = ?"
            + " LEFT JOIN $.failed_input f ON f.session_no = i.session_no AND f.seq = i.seq"
            + " LEFT JOIN $.handle_reply h ON h.session_no = c.no AND h.id = ? WHERE c.id = ?";

    private InputQueries() {}

    static List<Waiting> waiting(DbConnection db, SessionId id, Track track, long after, int limit)
            throws SQLException {
        int number = StoredNumbers.of(track);
        return db.list(
                "SELECT i.n, " + INPUT + " FROM $.session c JOIN $.state s ON s.no = c.no"
                        + " JOIN $.input i ON i.session_no = c.no AND i.track = ? AND i.n > greatest(?, s.consumed_"
                        + number + ") WHERE c.id = ? ORDER BY i.n LIMIT ?",
                row -> new Waiting(track, row.getLong(1), admitted(row, 2)),
                number,
                after,
                id.value(),
                limit);
    }

    /** Reads the columns seq, at, id and body. */
    static AdmittedInput admitted(ResultSet row, int firstColumn) throws SQLException {
        return StoreCodec.decodeAdmitted(
                row.getBytes(firstColumn + 3),
                new InputId(DbConnection.uuid(row, firstColumn + 2)),
                new Cursor(row.getLong(firstColumn)),
                StoredNumbers.instant(row.getLong(firstColumn + 1)));
    }

    private static FailedInput failed(ResultSet row, int firstColumn) throws SQLException {
        return StoreCodec.decodeFailed(
                row.getBytes(firstColumn + 1),
                admitted(row, firstColumn + 2),
                StoredNumbers.state(row.getLong(firstColumn)));
    }

    static Optional<InputPlace> place(DbConnection db, SessionId id, InputId input) throws SQLException {
        List<Optional<InputPlace>> found =
                db.list(PLACE, InputQueries::place, input.value(), input.value(), id.value());
        return found.isEmpty() ? Optional.empty() : found.get(0);
    }

    private static Optional<InputPlace> place(ResultSet row) throws SQLException {
        int track = row.getInt(1);
        if (!row.wasNull()) {
            boolean fine = row.getObject(3) == null;
            return Optional.of(new InputPlace(
                    StoredNumbers.track(track),
                    row.getLong(2),
                    new Cursor(row.getLong(5)),
                    fine ? Optional.empty() : Optional.of(failed(row, 3))));
        }
        long reply = row.getLong(9);
        // In no track: it never waits.
        return row.wasNull()
                ? Optional.empty()
                : Optional.of(new InputPlace(Track.PASSIVE, 0, new Cursor(reply), Optional.empty()));
    }

    static Optional<RetryQueue> retries(DbConnection db, SessionId id) throws SQLException {
        boolean[] held = {false};
        List<FailedInput> edges = db.list(
                HELD,
                row -> {
                    held[0] = row.getBoolean(1);
                    return failed(row, 2);
                },
                id.value(),
                id.value(),
                id.value());
        return edges.isEmpty()
                ? Optional.empty()
                : Optional.of(new RetryQueue(held[0], edges.get(0), edges.get(edges.size() - 1)));
    }

    static List<FailedInput> retries(DbConnection db, SessionId id, TurnId turn, Cursor after, int limit)
            throws SQLException {
        return db.list(OF_TURN, row -> failed(row, 1), id.value(), turn.value(), after.sequence(), limit);
    }

    static List<DeadLetter> deadLetters(DbConnection db, @Nullable SessionId id, int offset, int limit)
            throws SQLException {
        DbConnection.Reader<DeadLetter> letter =
                row -> failed(row, 1).deadLetter(new SessionId(DbConnection.uuid(row, 7)));
        return id == null
                ? db.list(DEAD_OF_ALL, letter, limit, offset)
                : db.list(DEAD_OF_SESSION, letter, id.value(), limit, offset);
    }
}
