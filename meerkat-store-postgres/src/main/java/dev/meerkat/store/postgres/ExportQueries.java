package dev.meerkat.store.postgres;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.PartPages;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads everything of a session, page by page, in a transaction that sees one state of the database. */
final class ExportQueries {
    private static final int PAGE = 500;
    private static final String SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    private static final String NO = "SELECT no FROM $.session WHERE id = ?";
    private static final String INPUTS =
            "SELECT i.track, i.n, i.seq, i.at, i.id, i.body, f.state, f.body FROM $.input i"
                    + " LEFT JOIN $.failed_input f ON f.session_no = i.session_no AND f.seq = i.seq"
                    + " WHERE i.session_no = ? AND i.track = ? AND i.n > ? ORDER BY i.n LIMIT ?";
    private static final String EVENTS =
            "SELECT seq, body FROM $.event WHERE session_no = ? AND seq > ? ORDER BY seq LIMIT ?";
    private static final String KEYS =
            "SELECT key, digest FROM $.context_key WHERE session_no = ? AND key > ? ORDER BY key LIMIT ?";
    private static final String REPLIES =
            "SELECT id, seq FROM $.handle_reply WHERE session_no = ? AND seq > ? ORDER BY seq LIMIT ?";
    /** Those that it has sent, and those that it has to answer. */
    private static final String REQUESTS = "SELECT id, requester, responder, to_handle, deadline, reply FROM $.request"
            + " WHERE (requester = ? OR (responder = ? AND reply IS NULL)) AND id > ?::uuid ORDER BY id LIMIT ?";

    private final DbConnection db;
    private final SessionId id;
    private final long no;
    private final Consumer<SessionPart> to;

    private ExportQueries(DbConnection db, SessionId id, long no, Consumer<SessionPart> to) {
        this.db = db;
        this.id = id;
        this.no = no;
        this.to = to;
    }

    /** Tells all parts; false if there is no such session. The connection is in no transaction yet. */
    static boolean tell(DbConnection db, SessionId id, Consumer<SessionPart> to) throws SQLException {
        int unused = db.update(SNAPSHOT);
        StoredSession session = SessionQueries.load(db, id).orElse(null);
        if (session == null) {
            return false;
        }
        long no = db.first(NO, row -> row.getLong(1), id.value()).orElseThrow();
        new ExportQueries(db, id, no, to).tell(session);
        return true;
    }

    private void tell(StoredSession session) throws SQLException {
        Cut cut = Trims.cut(db, id);
        to.accept(new SessionPart.Head(
                id,
                session.spec(),
                session.identitySeed(),
                session.createdAt(),
                session.standing(),
                session.inbox().admitted(),
                session.log(),
                cut));
        for (Track track : Track.values()) {
            pages(
                    0L,
                    after -> db.list(INPUTS, ExportQueries::input, no, StoredNumbers.of(track), after, PAGE),
                    SessionPart.Input::number);
        }
        pages(
                0L,
                after -> db.list(EVENTS, ExportQueries::event, no, after, PAGE),
                event -> event.event().cursor().sequence());
        PartPages.transcript(cut.entries(), (at, limit) -> LogQueries.transcript(db, id, at, limit), to);
        pages(
                new byte[0],
                after -> db.list(KEYS, ExportQueries::key, no, after, PAGE),
                key -> DbConnection.utf8(key.key().key()));
        pages(
                0L,
                after -> db.list(REPLIES, ExportQueries::reply, no, after, PAGE),
                reply -> reply.position().sequence());
        pages(
                new UUID(0, 0),
                after -> db.list(REQUESTS, ExportQueries::request, id.value(), id.value(), after, PAGE),
                request -> request.request().id().value());
        PartPages.outbox((after, limit) -> LogQueries.outbox(db, id, after, limit), to);
        PartPages.schedules((after, limit) -> ScheduleQueries.ofSession(db, id, after, limit), to);
    }

    /** Reads the parts after a place. */
    @FunctionalInterface
    private interface Page<P, T> {
        List<T> read(P after) throws SQLException;
    }

    /** Tells where a part stands. */
    @FunctionalInterface
    private interface Place<P, T> {
        P of(T part);
    }

    private <P, T extends SessionPart> void pages(P first, Page<P, T> reading, Place<P, T> place) throws SQLException {
        P after = first;
        List<T> page;
        do {
            page = reading.read(after);
            page.forEach(to);
            after = page.isEmpty() ? after : place.of(page.get(page.size() - 1));
        } while (page.size() == PAGE);
    }

    private static SessionPart.Input input(ResultSet row) throws SQLException {
        AdmittedInput input = InputQueries.admitted(row, 3);
        Optional<FailedInput> failed = row.getObject(7) == null
                ? Optional.empty()
                : Optional.of(StoreCodec.decodeFailed(row.getBytes(8), input, StoredNumbers.state(row.getLong(7))));
        return new SessionPart.Input(StoredNumbers.track(row.getLong(1)), row.getLong(2), input, failed);
    }

    private static SessionPart.Event event(ResultSet row) throws SQLException {
        SessionEvent event = StoreCodec.decodeEvent(row.getBytes(2), new Cursor(row.getLong(1)));
        return new SessionPart.Event(event);
    }

    private static SessionPart.Key key(ResultSet row) throws SQLException {
        return new SessionPart.Key(new ContextKey(text(row.getBytes(1)), text(row.getBytes(2))));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static SessionPart.ReplyId reply(ResultSet row) throws SQLException {
        return new SessionPart.ReplyId(new InputId(DbConnection.uuid(row, 1)), new Cursor(row.getLong(2)));
    }

    private static SessionPart.Request request(ResultSet row) throws SQLException {
        return new SessionPart.Request(LogQueries.request(row));
    }
}
