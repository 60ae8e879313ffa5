package dev.meerkat.store.sqlite;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.DeleteResult;
import java.sql.SQLException;

/** Takes an archived session away, so that nothing finds it; its rows are left to {@link DeleteRows}. */
final class DeleteSession extends Write<DeleteSession.Begun> {
    /**
     * What was begun.
     *
     * @param result what becomes of the session
     * @param no its number, or 0 if nothing was begun
     */
    record Begun(DeleteResult result, long no) {}

    private final SessionId id;

    DeleteSession(SessionId id) {
        this.id = id;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    Begun apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(id);
        if (session == null) {
            return new Begun(DeleteResult.ABSENT, 0);
        }
        if (!session.archived()) {
            return new Begun(DeleteResult.LIVE, 0);
        }
        tables.sessionRows.delete(session, id);
        tables.sessions.remove(id);
        return new Begun(DeleteResult.DELETED, session.no);
    }

    @Override
    void publish(RecentInputs recent) {
        Begun begun = result();
        if (begun != null && begun.no() > 0) {
            recent.forget(id);
        }
    }
}
