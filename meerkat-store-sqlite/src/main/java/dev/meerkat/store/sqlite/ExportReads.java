package dev.meerkat.store.sqlite;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.PartPages;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads everything of a session, from one state of the database, row by row or page by page. */
final class ExportReads {
    private static final String INPUTS = "SELECT i.track, i.n, i.seq, i.at, i.id, i.body, f.state, f.body FROM inputs i"
            + " LEFT JOIN failed_inputs f ON f.session_no = i.session_no AND f.track = i.track AND f.n = i.n"
            + " WHERE i.session_no = ? ORDER BY i.track, i.n";
    private static final String EVENTS = "SELECT seq, body FROM events WHERE session_no = ? ORDER BY seq";
    private static final String KEYS = "SELECT key, digest FROM context_keys WHERE session_no = ? ORDER BY key";
    private static final String REPLIES = "SELECT id, seq FROM handle_replies WHERE session_no = ? ORDER BY seq";
    /** Those that it has sent, and those that it has to answer. */
    private static final String REQUESTS = "SELECT id, requester, responder, to_handle, deadline, reply FROM requests"
            + " WHERE requester = ?1 OR (responder = ?1 AND reply IS NULL) ORDER BY id";

    private final Db db;
    private final SessionId id;
    private final long no;
    private final Consumer<SessionPart> to;

    private ExportReads(Db db, SessionId id, long no, Consumer<SessionPart> to) {
        this.db = db;
        this.id = id;
        this.no = no;
        this.to = to;
    }

    /** Tells all parts; false if there is no such session. */
    static boolean tell(Db db, SessionId id, Consumer<SessionPart> to) throws SQLException {
        StoredSession session = SessionReads.load(db, id).orElse(null);
        if (session == null) {
            return false;
        }
        new ExportReads(db, id, SessionReads.number(db, id), to).tell(session);
        return true;
    }

    private void tell(StoredSession session) throws SQLException {
        SessionPart.Head head = new SessionPart.Head(
                id,
                session.spec(),
                session.identitySeed(),
                session.createdAt(),
                session.standing(),
                session.inbox().admitted(),
                session.log(),
                CutReads.cut(db, no));
        to.accept(head);
        rows(INPUTS, "inputs", 2, row -> to.accept(input(row)));
        rows(
                EVENTS,
                "events",
                1,
                row -> EventReads.ofRow(row).forEach(event -> to.accept(new SessionPart.Event(event))));
        PartPages.transcript(head.cut().entries(), (at, limit) -> LogReads.transcript(db, id, at, limit), to);
        rows(KEYS, "context_keys", 0, row -> to.accept(new SessionPart.Key(new ContextKey(row.text(1), row.text(2)))));
        rows(
                REPLIES,
                "handle_replies",
                2,
                row -> to.accept(new SessionPart.ReplyId(new InputId(row.uuid(1)), InputReads.cursor(row, 2))));
        requests();
        PartPages.outbox((after, limit) -> LogReads.outbox(db, id, after, limit), to);
        PartPages.schedules((after, limit) -> ScheduleReads.page(db, id, after, limit), to);
    }

    /** Tells the parts in a row. */
    @FunctionalInterface
    private interface Telling {
        void tell(Row row) throws SQLException;
    }

    private void rows(String sql, String table, int number, Telling telling) throws SQLException {
        PreparedStatement select = db.prepare(sql);
        select.setLong(1, no);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, table, "session " + id, number);
            while (row.next()) {
                telling.tell(row);
            }
        }
    }

    private SessionPart input(Row row) throws SQLException {
        Track track = InputReads.track(row, 1);
        AdmittedInput input = InputReads.admitted(row, 3);
        Optional<FailedInput> failed = Optional.empty();
        if (!row.isNull(7)) {
            FailedInput.State state = FailedReads.state(row, 7);
            failed = Optional.of(row.decoded(8, body -> StoreCodec.decodeFailed(body, input, state)));
        }
        return new SessionPart.Input(track, row.number(2), input, failed);
    }

    private void requests() throws SQLException {
        PreparedStatement select = db.prepare(REQUESTS);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "requests", "session " + id, 0);
            while (row.next()) {
                to.accept(new SessionPart.Request(LogReads.request(row)));
            }
        }
    }
}
