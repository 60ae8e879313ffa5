package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads event logs, transcripts, outboxes and requests. */
final class LogQueries {
    private static final String NO = "(SELECT no FROM $.session WHERE id = ?)";
    /** One statement, so that what is committed between the two tables cannot leave a gap. */
    private static final String EVENTS = "SELECT e.seq, NULL::bigint, NULL::uuid, e.body FROM $.event e"
            + " WHERE e.session_no = " + NO + " AND e.seq > ? AND e.seq <= ?"
            + " UNION ALL SELECT i.seq, i.at, i.id, i.body FROM $.input i"
            + " WHERE i.session_no = " + NO + " AND i.seq > ? AND i.seq <= ? ORDER BY 1";

    private static final String TRANSCRIPT = "SELECT t.body, t.at, t.turn, i.seq, i.at, i.id, i.body"
            + " FROM $.transcript t LEFT JOIN $.input i ON i.session_no = t.session_no AND i.seq = t.input_seq"
            + " WHERE t.session_no = " + NO + " AND t.i >= ? ORDER BY t.i LIMIT ?";
    private static final String OUTBOX =
            "SELECT n, body FROM $.outbox WHERE session_no = " + NO + " AND n > ? ORDER BY n LIMIT ?";
    private static final String REQUEST =
            "SELECT id, requester, responder, to_handle, deadline, reply FROM $.request WHERE id = ?";
    private static final String DEADLINES = "SELECT q.id, q.requester, q.responder, q.to_handle, q.deadline, q.reply"
            + " FROM $.request q JOIN $.session c ON c.id = q.requester AND NOT c.archived"
            + " WHERE q.reply IS NULL AND q.deadline IS NOT NULL AND q.shard = ANY (?::int2[])"
            + " AND (q.deadline, q.id) > (?, ?::uuid) ORDER BY q.deadline, q.id LIMIT ?";
    private static final UUID FIRST = new UUID(0, 0);

    private LogQueries() {}

    static List<SessionEvent> events(DbConnection db, SessionId id, Cursor after, int limit) throws SQLException {
        Cursor begin = Trims.cut(db, id).events();
        List<SessionEvent> page = new ArrayList<>();
        long from = Math.max(after.sequence(), begin.sequence());
        if (from > after.sequence()) {
            page.add(new SessionEvent.Gap(begin, OptionalLong.of(from - after.sequence())));
        }
        long to = from > Long.MAX_VALUE - limit ? Long.MAX_VALUE : from + limit - page.size();
        page.addAll(db.list(EVENTS, LogQueries::event, id.value(), from, to, id.value(), from, to));
        return page;
    }

    private static SessionEvent event(ResultSet row) throws SQLException {
        return DbConnection.uuid(row, 3) == null
                ? StoreCodec.decodeEvent(row.getBytes(4), new Cursor(row.getLong(1)))
                : new SessionEvent.InputAdmitted(InputQueries.admitted(row, 1));
    }

    static List<TranscriptEntry> transcript(DbConnection db, SessionId id, long offset, int limit) throws SQLException {
        return db.list(TRANSCRIPT, LogQueries::entry, id.value(), offset, limit);
    }

    private static TranscriptEntry entry(ResultSet row) throws SQLException {
        byte[] body = row.getBytes(1);
        return body != null
                ? StoreCodec.decodeTranscript(body)
                : new TranscriptEntry.Input(
                        StoredNumbers.instant(row.getLong(2)),
                        new TurnId(DbConnection.uuid(row, 3)),
                        InputQueries.admitted(row, 4));
    }

    static List<Outgoing> outbox(DbConnection db, SessionId id, long after, int limit) throws SQLException {
        return db.list(
                OUTBOX,
                row -> new Outgoing(row.getLong(1), StoreCodec.decodeEnvelope(row.getBytes(2))),
                id.value(),
                after,
                limit);
    }

    static Optional<StoredRequest> request(DbConnection db, RequestId id) throws SQLException {
        return db.first(REQUEST, LogQueries::request, id.value());
    }

    /** Those of the sessions in these shards. */
    static List<StoredRequest> deadlines(
            DbConnection db, List<Integer> shards, @Nullable StoredRequest after, int limit) throws SQLException {
        DbConnection.Column all = new DbConnection.Column("int2");
        shards.forEach(all::add);
        long deadline = after == null
                ? Long.MIN_VALUE
                : StoredNumbers.of(after.deadline().orElseThrow());
        UUID id = after == null ? FIRST : after.id().value();
        return db.list(DEADLINES, LogQueries::request, all, deadline, id, limit);
    }

    static StoredRequest request(ResultSet row) throws SQLException {
        long deadline = row.getLong(5);
        Optional<Instant> due = row.wasNull() ? Optional.empty() : Optional.of(StoredNumbers.instant(deadline));
        return new StoredRequest(
                new RequestId(DbConnection.uuid(row, 1)),
                new SessionId(DbConnection.uuid(row, 2)),
                new SessionId(DbConnection.uuid(row, 3)),
                row.getBoolean(4),
                due,
                Optional.ofNullable(row.getBytes(6)).map(StoreCodec::decodeReply));
    }
}
