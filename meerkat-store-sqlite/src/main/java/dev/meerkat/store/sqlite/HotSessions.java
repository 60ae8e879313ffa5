package dev.meerkat.store.sqlite;

import dev.meerkat.api.SessionId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions that were written to most recently. Confined to the committer. */
final class HotSessions {
    private static final int MOST = 50_000;
    private static final String SELECT = "SELECT s.no, s.archived, p.version, " + Edges.COLUMNS
            + " FROM sessions s LEFT JOIN progress p ON p.session_no = s.no WHERE s.id = ?";

    private final Draft draft;
    private final Map<SessionId, HotSession> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, HotSession> eldest) {
            return size() > MOST;
        }
    };

    HotSessions(Draft draft) {
        this.draft = draft;
    }

    /** The session, or null if there is none. */
    @Nullable
    HotSession get(SessionId id) throws SQLException {
        HotSession session = sessions.get(id);
        if (session == null) {
            session = load(id);
            if (session != null) {
                put(session);
            }
        }
        return session;
    }

    void put(HotSession session) {
        sessions.put(session.id, session);
    }

    private @Nullable HotSession load(SessionId id) throws SQLException {
        PreparedStatement select = draft.prepare(SELECT);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "sessions or progress", "session " + id, 0);
            return row.next()
                    ? new HotSession(id, row.number(1), row.flag(2), row.number(3), Edges.read(columns, 4))
                    : null;
        }
    }

    /** It is deleted. */
    void remove(SessionId id) {
        sessions.remove(id);
    }

    /** What is here may count changes that were taken back. */
    void forget() {
        sessions.clear();
    }
}
