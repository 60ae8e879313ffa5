package dev.meerkat.store.jdbc;

import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredRequest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads transcripts, outboxes and requests. */
final class LogReads {
    private static final String TRANSCRIPT = "SELECT t.body, t.at, t.turn, i.seq, i.at, i.id, i.body"
            + " FROM transcript t LEFT JOIN inputs i"
            + " ON i.session_no = t.session_no AND i.track = t.track AND i.n = t.n"
            + " WHERE t.session_no = ? AND t.i >= ? ORDER BY t.i LIMIT ?";
    private static final String OUTBOX = "SELECT body FROM outbox WHERE session_no = ? ORDER BY n";
    private static final String REQUEST = "SELECT requester, responder, to_handle, reply FROM requests WHERE id = ?";

    private LogReads() {}

    static List<TranscriptEntry> transcript(Db db, SessionId id, long offset, int limit) throws SQLException {
        PreparedStatement select = db.prepare(TRANSCRIPT);
        select.setLong(1, SessionReads.number(db, id));
        select.setLong(2, offset);
        select.setInt(3, limit);
        List<TranscriptEntry> entries = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                byte[] body = row.getBytes(1);
                entries.add(body == null ? reference(row) : StoreCodec.decodeTranscript(body));
            }
        }
        return entries;
    }

    private static TranscriptEntry reference(ResultSet row) throws SQLException {
        return new TranscriptEntry.Input(
                Codes.instant(row.getLong(2)), new TurnId(Codes.uuid(row.getBytes(3))), InputReads.admitted(row, 4));
    }

    static List<Envelope> outbox(Db db, SessionId id) throws SQLException {
        PreparedStatement select = db.prepare(OUTBOX);
        select.setLong(1, SessionReads.number(db, id));
        List<Envelope> outbox = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                outbox.add(StoreCodec.decodeEnvelope(row.getBytes(1)));
            }
        }
        return outbox;
    }

    static Optional<StoredRequest> request(Db db, RequestId id) throws SQLException {
        PreparedStatement select = db.prepare(REQUEST);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new StoredRequest(
                            id,
                            new SessionId(Codes.uuid(row.getBytes(1))),
                            new SessionId(Codes.uuid(row.getBytes(2))),
                            row.getBoolean(3),
                            Optional.ofNullable(row.getBytes(4)).map(StoreCodec::decodeReply)))
                    : Optional.empty();
        }
    }
}
