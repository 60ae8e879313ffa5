package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.DeleteResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Deletes sessions on connections of their own, so that other writes need not wait. A first transaction takes away what
 * finds a session; its rows follow in parts. Blocks the caller. Thread-safe.
 */
final class Deletions {
    private static final int ROWS = 2_000;
    private static final String LOCK = "SELECT s.no, s.archived FROM $.session c JOIN $.state s ON s.no = c.no"
            + " WHERE c.id = ? FOR UPDATE OF s";
    private static final String DELETED = "INSERT INTO $.deleted (session_no, id) VALUES (?, ?)";
    private static final List<String> TABLES = List.of(
            "transcript", "event", "event_key", "context_key", "outbox", "failed_input", "handle_reply", "input");
    private static final String REQUESTS =
            "DELETE FROM $.request WHERE ctid = ANY (ARRAY(SELECT ctid FROM $.request WHERE requester = ? LIMIT ?))";

    /** A session whose rows are to be deleted. */
    private record Begun(DeleteResult result, long no, UUID id) {}

    private final Database database;
    private final Hints hints;

    Deletions(Database database, Hints hints) {
        this.database = database;
        this.hints = hints;
    }

    CompletionStage<DeleteResult> delete(SessionId id) {
        Begun begun;
        try {
            database.checkOpen();
            begun = database.transaction(db -> begin(db, id.value()));
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(
                    SqlFaults.unavailable(e)
                            ? unknown("may be deleted", e)
                            : database.failure("does not delete session " + id, e));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (begun.result() != DeleteResult.DELETED) {
            return CompletableFuture.completedFuture(begun.result());
        }
        hints.changed(Set.of(id), true);
        try {
            finish(begun);
            return CompletableFuture.completedFuture(DeleteResult.DELETED);
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(
                    unknown("is deleted, but not all of its rows, which goes on at the next opening", e));
        }
    }

    private UncheckedIOException unknown(String what, SQLException cause) {
        return new UncheckedIOException(
                new IOException(database.text("failed: the session " + what + ": " + cause.getMessage()), cause));
    }

    private static Begun begin(DbConnection db, UUID id) throws SQLException {
        List<Begun> found = db.list(
                LOCK,
                row -> new Begun(row.getBoolean(2) ? DeleteResult.DELETED : DeleteResult.LIVE, row.getLong(1), id),
                id);
        if (found.isEmpty()) {
            return new Begun(DeleteResult.ABSENT, 0, id);
        }
        Begun begun = found.get(0);
        if (begun.result() == DeleteResult.DELETED) {
            int unused = db.update(DELETED, begun.no(), id);
            unused = db.update("DELETE FROM $.label WHERE session_no = ?", begun.no());
            unused = db.update("DELETE FROM $.cut WHERE session_no = ?", begun.no());
            unused = db.update("DELETE FROM $.state WHERE no = ?", begun.no());
            unused = db.update("DELETE FROM $.session WHERE no = ?", begun.no());
            unused = db.update("DELETE FROM $.owner_call WHERE session = ?", id);
        }
        return begun;
    }

    /** Deletes the rows of all sessions whose deletion was cut. */
    void finishAll() throws SQLException {
        List<Begun> all = database.once(db -> db.list(
                "SELECT session_no, id FROM $.deleted",
                row -> new Begun(DeleteResult.DELETED, row.getLong(1), DbConnection.uuid(row, 2))));
        for (Begun begun : all) {
            finish(begun);
        }
    }

    private void finish(Begun begun) throws SQLException {
        for (String table : TABLES) {
            String part = "DELETE FROM $." + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM $." + table
                    + " WHERE session_no = ? LIMIT ?))";
            parts(part, begun.no());
        }
        parts(REQUESTS, begun.id());
        int unused = database.once(db -> db.update("DELETE FROM $.deleted WHERE session_no = ?", begun.no()));
    }

    private void parts(String sql, Object of) throws SQLException {
        int rows = ROWS;
        while (rows == ROWS) {
            rows = database.once(db -> db.update(sql, of, ROWS));
        }
    }
}
