package dev.meerkat.store.sqlite;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Writes events, transcript entries and outboxes. Confined to the committer. */
final class LogRows {
    private static final String INSERT_EVENT = "INSERT INTO events (session_no, seq, body) VALUES (?, ?, ?)";
    private static final String INSERT_ENTRY = "INSERT INTO transcript (session_no, i, body) VALUES (?, ?, ?)";
    private static final String INSERT_REFERENCE =
            "INSERT INTO transcript (session_no, i, track, n, at, turn) VALUES (?, ?, ?, ?, ?, ?)";
    private static final String INSERT_ENVELOPE = "INSERT OR IGNORE INTO outbox (session_no, n, id, body)"
            + " VALUES (?1, ifnull((SELECT max(n) FROM outbox WHERE session_no = ?1), 0) + 1, ?2, ?3)";
    private static final String HAS_ENVELOPE = "SELECT 1 FROM outbox WHERE session_no = ? AND id = ?";
    private static final String DELETE_ENVELOPE = "DELETE FROM outbox WHERE session_no = ? AND id = ?";

    private final Db db;

    LogRows(Db db) {
        this.db = db;
    }

    /** Writes an event at the end of the log. */
    void insertEvent(HotSession session, byte[] body) throws SQLException {
        PreparedStatement insert = db.prepare(INSERT_EVENT);
        insert.setLong(1, session.no);
        insert.setLong(2, session.lastSeq() + 1);
        insert.setBytes(3, body);
        db.update(insert);
        session.logged();
    }

    void insertEntry(HotSession session, byte[] body) throws SQLException {
        PreparedStatement insert = db.prepare(INSERT_ENTRY);
        insert.setLong(1, session.no);
        insert.setLong(2, session.entries());
        insert.setBytes(3, body);
        db.update(insert);
        session.wrote();
    }

    /** Writes an entry that is an input of the session; the input itself is not written again. */
    void insertReference(HotSession session, TranscriptEntry.Input entry, InputRows.Place input) throws SQLException {
        PreparedStatement insert = db.prepare(INSERT_REFERENCE);
        insert.setLong(1, session.no);
        insert.setLong(2, session.entries());
        insert.setInt(3, input.track());
        insert.setLong(4, input.n());
        insert.setLong(5, StoredNumbers.of(entry.at()));
        insert.setBytes(6, Codes.bytes(entry.turnId().value()));
        db.update(insert);
        session.wrote();
    }

    void insertEnvelope(HotSession session, EnvelopeId id, byte[] body) throws SQLException {
        PreparedStatement insert = db.prepare(INSERT_ENVELOPE);
        insert.setLong(1, session.no);
        insert.setBytes(2, Codes.bytes(id.value()));
        insert.setBytes(3, body);
        db.update(insert);
    }

    boolean hasEnvelope(HotSession session, EnvelopeId id) throws SQLException {
        PreparedStatement select = db.prepare(HAS_ENVELOPE);
        select.setLong(1, session.no);
        select.setBytes(2, Codes.bytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    void deleteEnvelope(HotSession session, EnvelopeId id) throws SQLException {
        PreparedStatement delete = db.prepare(DELETE_ENVELOPE);
        delete.setLong(1, session.no);
        delete.setBytes(2, Codes.bytes(id.value()));
        db.update(delete);
    }
}
