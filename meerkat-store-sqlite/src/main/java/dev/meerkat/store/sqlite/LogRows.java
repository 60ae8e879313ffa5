package dev.meerkat.store.sqlite;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes events, transcript entries and outboxes. Confined to the committer. */
final class LogRows {
    private static final String HAS_ENVELOPE = "SELECT 1 FROM outbox WHERE session_no = ? AND id = ?";

    private final Draft draft;

    LogRows(Draft draft) {
        this.draft = draft;
    }

    /** Writes an event at the end of the log. */
    void insertEvent(HotSession session, byte[] body) throws SQLException {
        insertEvents(session, 1, body);
    }

    /** Writes some events at the end of the log: one row, at the place of the last one. */
    void insertEvents(HotSession session, int count, byte[] body) throws SQLException {
        draft.update(RowChange.EVENT, session.no, session.lastSeq() + count, body);
        session.logged(count);
    }

    void insertEntry(HotSession session, byte[] body) throws SQLException {
        draft.update(RowChange.ENTRY, session.no, session.entries(), body);
        session.wrote();
    }

    /** Writes an entry that is an input of the session; the input itself is not written again. */
    void insertReference(HotSession session, TranscriptEntry.Input entry, InputRows.Place input) throws SQLException {
        refer(session.no, session.entries(), entry, input);
        session.wrote();
    }

    /** Writes an entry where it was in another store; {@code input} is the one that it is, if that is there. */
    void restore(long no, long i, TranscriptEntry entry, InputRows.@Nullable Place input, byte[] body) {
        if (input != null && entry instanceof TranscriptEntry.Input consumed) {
            refer(no, i, consumed, input);
        } else {
            draft.update(RowChange.ENTRY, no, i, body);
        }
    }

    private void refer(long no, long i, TranscriptEntry.Input entry, InputRows.Place input) {
        draft.update(
                RowChange.REFERENCE,
                no,
                i,
                input.track(),
                input.n(),
                StoredNumbers.of(entry.at()),
                Codes.bytes(entry.turnId().value()));
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
