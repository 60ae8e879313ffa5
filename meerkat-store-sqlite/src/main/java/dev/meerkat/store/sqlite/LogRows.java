package dev.meerkat.store.sqlite;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Writes events, transcript entries and outboxes. Confined to the committer. */
final class LogRows {
    private static final String HAS_ENVELOPE = "SELECT 1 FROM outbox WHERE session_no = ? AND id = ?";

    private final Draft draft;

    LogRows(Draft draft) {
        this.draft = draft;
    }

    /** Writes an event at the end of the log. */
    void insertEvent(HotSession session, byte[] body) throws SQLException {
        draft.update(RowChange.EVENT, session.no, session.lastSeq() + 1, body);
        session.logged();
    }

    void insertEntry(HotSession session, byte[] body) throws SQLException {
        draft.update(RowChange.ENTRY, session.no, session.entries(), body);
        session.wrote();
    }

    /** Writes an entry that is an input of the session; the input itself is not written again. */
    void insertReference(HotSession session, TranscriptEntry.Input entry, InputRows.Place input) throws SQLException {
        draft.update(
                RowChange.REFERENCE,
                session.no,
                session.entries(),
                input.track(),
                input.n(),
                StoredNumbers.of(entry.at()),
                Codes.bytes(entry.turnId().value()));
        session.wrote();
    }

    void insertEnvelope(HotSession session, EnvelopeId id, byte[] body) throws SQLException {
        draft.update(RowChange.ENVELOPE, session.no, Codes.bytes(id.value()), body);
        session.sent(id);
    }

    boolean hasEnvelope(HotSession session, EnvelopeId id) throws SQLException {
        if (session.hasSent(id)) {
            return true;
        }
        PreparedStatement select = draft.prepare(HAS_ENVELOPE);
        select.setLong(1, session.no);
        select.setBytes(2, Codes.bytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    void deleteEnvelope(HotSession session, EnvelopeId id) throws SQLException {
        draft.update(RowChange.NO_ENVELOPE, session.no, Codes.bytes(id.value()));
        session.settled(id);
    }
}
