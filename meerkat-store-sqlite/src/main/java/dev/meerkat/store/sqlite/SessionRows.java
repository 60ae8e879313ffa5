package dev.meerkat.store.sqlite;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the rows that a session has once. Confined to the committer. */
final class SessionRows {
    private static final String HOLDER =
            "SELECT id, no FROM sessions WHERE realm = ? AND comms_name = ? AND archived = 0";
    /** A number may be used again only when no row of it is left. */
    private static final String LAST = "SELECT max(ifnull((SELECT no FROM sessions ORDER BY no DESC LIMIT 1), 0),"
            + " ifnull((SELECT session_no FROM deleted ORDER BY session_no DESC LIMIT 1), 0))";

    private static final String DELETING = "SELECT session_no FROM deleted WHERE id = ?";
    private static final String DIGEST = "SELECT digest FROM context_keys WHERE session_no = ? AND key = ?";
    private final Draft draft;

    SessionRows(Draft draft) {
        this.draft = draft;
    }

    /** The live session that has a name, or null. */
    @Nullable
    SessionId holder(String realm, String commsName) throws SQLException {
        PreparedStatement select = draft.prepare(HOLDER);
        select.setString(1, realm);
        select.setString(2, commsName);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "sessions", "the session named " + commsName, 2);
            return row.next() ? new SessionId(row.uuid(1)) : null;
        }
    }

    /** Writes a session and returns its number, which tells the order of creation. */
    long insert(NewSession session, byte[] spec, byte[] progress) throws SQLException {
        long no = last() + 1;
        insert(RowChange.NEW_SESSION, no, session, spec);
        progress(RowChange.NEW_PROGRESS, no, 0, SessionProgress.START, progress);
        return no;
    }

    private void insert(RowChange what, long no, NewSession session, byte[] spec) {
        SessionSpec of = session.spec();
        draft.update(
                what,
                no,
                Codes.bytes(session.id().value()),
                of.keepAlive(),
                StoredNumbers.of(session.at()),
                of.realm(),
                of.commsName().orElse(null),
                session.identitySeed(),
                spec);
        if (of.retention().isPresent()) {
            draft.update(RowChange.RETAINED, no);
        }
        for (Map.Entry<String, String> label : of.labels().entrySet()) {
            draft.update(RowChange.NEW_LABEL, label.getKey(), label.getValue(), no);
        }
    }

    /** The number under which rows of a session are to be deleted, or 0. */
    long deleting(SessionId id) throws SQLException {
        PreparedStatement select = draft.prepare(DELETING);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Takes a number for rows that are to be deleted, unless they become a session. */
    long begin(SessionId id) throws SQLException {
        long no = last() + 1;
        draft.update(RowChange.DELETED, no, Codes.bytes(id.value()));
        return no;
    }

    /** Makes a session of rows that are there. */
    void restore(long no, SessionPart.Head head, byte[] spec, byte[] progress) throws SQLException {
        NewSession session =
                new NewSession(head.id(), head.spec(), head.identitySeed(), head.createdAt(), Optional.empty());
        insert(head.standing().archived() ? RowChange.NEW_ARCHIVED_SESSION : RowChange.NEW_SESSION, no, session, spec);
        progress(
                RowChange.NEW_PROGRESS,
                no,
                head.standing().version(),
                head.standing().progress(),
                progress);
        if (!head.cut().equals(Cut.NONE)) {
            draft.update(
                    RowChange.CUT,
                    no,
                    head.cut().events().sequence(),
                    head.cut().entries());
        }
    }

    private long last() throws SQLException {
        try (ResultSet row = draft.prepare(LAST).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    void progress(HotSession session, SessionProgress progress, byte[] body) throws SQLException {
        progress(RowChange.PROGRESS, session.no, session.version() + 1, progress, body);
    }

    private void progress(RowChange what, long no, long version, SessionProgress progress, byte[] body)
            throws SQLException {
        Marks consumed = progress.consumed();
        draft.update(
                what,
                version,
                progress.turn() != null,
                consumed.prompt(),
                consumed.queued(),
                consumed.steered(),
                consumed.passive(),
                consumed.external(),
                body,
                no);
    }

    void keepAlive(HotSession session, boolean keepAlive) throws SQLException {
        draft.update(RowChange.KEEP_ALIVE, keepAlive, session.no);
    }

    /** Claims a key for a step; the digest of the step that has it, or null if it is free. */
    @Nullable
    String claim(HotSession session, ContextKey key) throws SQLException {
        PreparedStatement select = draft.prepare(DIGEST);
        select.setLong(1, session.no);
        select.setString(2, key.key());
        try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
                return row.getString(1);
            }
        }
        draft.update(RowChange.CONTEXT_KEY, session.no, key.key(), key.digest());
        return null;
    }

    void archive(HotSession session) throws SQLException {
        draft.update(RowChange.ARCHIVED, session.no);
    }

    /** Takes away what finds a session; the rest stays under its number. */
    void delete(HotSession session, SessionId id) {
        draft.update(RowChange.DELETED, session.no, Codes.bytes(id.value()));
        draft.update(RowChange.NO_LABELS, session.no);
        draft.update(RowChange.NO_PROGRESS, session.no);
        draft.update(RowChange.NO_CUTS, session.no);
        draft.update(RowChange.NO_SESSION, session.no);
    }
}
