package dev.meerkat.store.sqlite;

import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredRequest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads transcripts, outboxes and requests. */
final class LogReads {
    private static final String TRANSCRIPT = "SELECT t.body, t.at, t.turn, i.seq, i.at, i.id, i.body, t.i"
            + " FROM transcript t LEFT JOIN inputs i"
            + " ON i.session_no = t.session_no AND i.track = t.track AND i.n = t.n"
            + " WHERE t.session_no = ? AND t.i >= ? ORDER BY t.i LIMIT ?";
    private static final String OUTBOX = "SELECT body, n FROM outbox WHERE session_no = ? AND n > ? ORDER BY n LIMIT ?";
    private static final String REQUEST =
            "SELECT id, requester, responder, to_handle, deadline, reply FROM requests WHERE id = ?";
    private static final String DEADLINES = "SELECT q.id, q.requester, q.responder, q.to_handle, q.deadline, q.reply"
            + " FROM requests q JOIN sessions s ON s.id = q.requester AND s.archived = 0"
            + " WHERE q.reply IS NULL AND q.deadline IS NOT NULL AND (q.deadline, q.id) > (?, ?)"
            + " ORDER BY q.deadline, q.id LIMIT ?";
    private static final byte[] FIRST = {};

    private LogReads() {}

    static List<TranscriptEntry> transcript(Db db, SessionId id, long offset, int limit) throws SQLException {
        PreparedStatement select = db.prepare(TRANSCRIPT);
        select.setLong(1, SessionReads.number(db, id));
        select.setLong(2, offset);
        select.setInt(3, limit);
        List<TranscriptEntry> entries = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "transcript, or inputs that it refers to", "session " + id, 8);
            while (row.next()) {
                entries.add(row.isNull(1) ? reference(row) : row.decoded(1, StoreCodec::decodeTranscript));
            }
        }
        return entries;
    }

    private static TranscriptEntry reference(Row row) throws SQLException {
        return new TranscriptEntry.Input(row.instant(2), new TurnId(row.uuid(3)), InputReads.admitted(row, 4));
    }

    static List<Outgoing> outbox(Db db, SessionId id, long after, int limit) throws SQLException {
        PreparedStatement select = db.prepare(OUTBOX);
        select.setLong(1, SessionReads.number(db, id));
        select.setLong(2, after);
        select.setInt(3, limit);
        List<Outgoing> outbox = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "outbox", "session " + id, 2);
            while (row.next()) {
                outbox.add(new Outgoing(row.number(2), row.decoded(1, StoreCodec::decodeEnvelope)));
            }
        }
        return outbox;
    }

    static Optional<StoredRequest> request(Db db, RequestId id) throws SQLException {
        PreparedStatement select = db.prepare(REQUEST);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "requests", "request " + id, 0);
            return row.next() ? Optional.of(request(row)) : Optional.empty();
        }
    }

    static List<StoredRequest> deadlines(Db db, @Nullable StoredRequest after, int limit) throws SQLException {
        PreparedStatement select = db.prepare(DEADLINES);
        select.setLong(
                1,
                after == null
                        ? Long.MIN_VALUE
                        : StoredNumbers.of(after.deadline().orElseThrow()));
        select.setBytes(2, after == null ? FIRST : Codes.bytes(after.id().value()));
        select.setInt(3, limit);
        List<StoredRequest> page = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "requests", "all sessions", 0);
            while (row.next()) {
                page.add(request(row));
            }
        }
        return page;
    }

    static StoredRequest request(Row row) throws SQLException {
        return new StoredRequest(
                new RequestId(row.uuid(1)),
                new SessionId(row.uuid(2)),
                new SessionId(row.uuid(3)),
                row.flag(4),
                row.isNull(5) ? Optional.empty() : Optional.of(row.instant(5)),
                row.isNull(6) ? Optional.empty() : Optional.of(row.decoded(6, StoreCodec::decodeReply)));
    }
}
