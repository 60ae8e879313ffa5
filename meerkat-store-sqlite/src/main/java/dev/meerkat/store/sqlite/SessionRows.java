package dev.meerkat.store.sqlite;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the rows that a session has once. Confined to the committer. */
final class SessionRows {
    private static final String HOLDER =
            "SELECT id, no FROM sessions WHERE realm = ? AND comms_name = ? AND archived = 0";
    private static final String LAST = "SELECT no FROM sessions ORDER BY no DESC LIMIT 1";
    private static final String INSERT = "INSERT INTO sessions"
            + " (no, id, archived, keep_alive, created_at, realm, comms_name, seed, spec)"
            + " VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)";
    private static final String INSERT_LABEL = "INSERT INTO labels (name, value, session_no) VALUES (?, ?, ?)";
    private static final String INSERT_PROGRESS = "INSERT INTO progress"
            + " (version, in_turn, prompt, queued, steered, passive, external, body, session_no)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE_PROGRESS = "UPDATE progress SET"
            + " version = ?, in_turn = ?, prompt = ?, queued = ?, steered = ?, passive = ?, external = ?, body = ?"
            + " WHERE session_no = ?";
    private static final String KEEP_ALIVE = "UPDATE sessions SET keep_alive = ? WHERE no = ?";
    private static final String INSERT_KEY =
            "INSERT OR IGNORE INTO context_keys (session_no, key, digest) VALUES (?, ?, ?)";
    private static final String DIGEST = "SELECT digest FROM context_keys WHERE session_no = ? AND key = ?";
    private static final String ARCHIVE = "UPDATE sessions SET archived = 1 WHERE no = ?";

    private final Db db;

    SessionRows(Db db) {
        this.db = db;
    }

    /** The live session that has a name, or null. */
    @Nullable
    SessionId holder(String realm, String commsName) throws SQLException {
        PreparedStatement select = db.prepare(HOLDER);
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
        PreparedStatement insert = db.prepare(INSERT);
        insert.setLong(1, no);
        insert.setBytes(2, Codes.bytes(session.id().value()));
        insert.setBoolean(3, session.spec().keepAlive());
        insert.setLong(4, StoredNumbers.of(session.at()));
        insert.setString(5, session.spec().realm());
        if (session.spec().commsName().isPresent()) {
            insert.setString(6, session.spec().commsName().get());
        } else {
            insert.setNull(6, Types.VARCHAR);
        }
        insert.setBytes(7, session.identitySeed());
        insert.setBytes(8, spec);
        db.update(insert);
        PreparedStatement label = db.prepare(INSERT_LABEL);
        for (Map.Entry<String, String> entry : session.spec().labels().entrySet()) {
            label.setString(1, entry.getKey());
            label.setString(2, entry.getValue());
            label.setLong(3, no);
            db.update(label);
        }
        progress(INSERT_PROGRESS, no, 0, SessionProgress.START, progress);
        return no;
    }

    private long last() throws SQLException {
        try (ResultSet row = db.prepare(LAST).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    void progress(HotSession session, SessionProgress progress, byte[] body) throws SQLException {
        progress(UPDATE_PROGRESS, session.no, session.version() + 1, progress, body);
    }

    private void progress(String sql, long no, long version, SessionProgress progress, byte[] body)
            throws SQLException {
        Marks consumed = progress.consumed();
        PreparedStatement write = db.prepare(sql);
        write.setLong(1, version);
        write.setBoolean(2, progress.turn() != null);
        write.setLong(3, consumed.prompt());
        write.setLong(4, consumed.queued());
        write.setLong(5, consumed.steered());
        write.setLong(6, consumed.passive());
        write.setLong(7, consumed.external());
        write.setBytes(8, body);
        write.setLong(9, no);
        db.update(write);
    }

    void keepAlive(HotSession session, boolean keepAlive) throws SQLException {
        PreparedStatement update = db.prepare(KEEP_ALIVE);
        update.setBoolean(1, keepAlive);
        update.setLong(2, session.no);
        db.update(update);
    }

    /** Claims a key for a step; the digest of the step that has it, or null if it is free. */
    @Nullable
    String claim(HotSession session, ContextKey key) throws SQLException {
        PreparedStatement insert = db.prepare(INSERT_KEY);
        insert.setLong(1, session.no);
        insert.setString(2, key.key());
        insert.setString(3, key.digest());
        if (db.update(insert) > 0) {
            return null;
        }
        PreparedStatement select = db.prepare(DIGEST);
        select.setLong(1, session.no);
        select.setString(2, key.key());
        try (ResultSet row = select.executeQuery()) {
            return row.getString(1);
        }
    }

    void archive(HotSession session) throws SQLException {
        PreparedStatement archive = db.prepare(ARCHIVE);
        archive.setLong(1, session.no);
        db.update(archive);
    }
}
