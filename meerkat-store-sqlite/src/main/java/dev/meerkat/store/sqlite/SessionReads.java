package dev.meerkat.store.sqlite;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds sessions. */
final class SessionReads {
    private static final Logger LOG = LoggerFactory.getLogger(SessionReads.class);
    private static final String RETRIES = "EXISTS (SELECT 1 FROM failed_inputs f WHERE f.session_no = s.no"
            + " AND f.state < " + StoredNumbers.of(FailedInput.State.DEAD) + ")";
    private static final String LOAD = "SELECT s.created_at, s.archived, p.version, s.seed, s.spec, p.body,"
            + " (SELECT bytes FROM inputs WHERE session_no = s.no AND track = " + StoredNumbers.of(Track.EXTERNAL)
            + " AND n = p.external), s.keep_alive, " + RETRIES + ", " + Edges.COLUMNS
            + " FROM sessions s LEFT JOIN progress p ON p.session_no = s.no WHERE s.id = ?";
    private static final int LOAD_EDGES = 10;
    private static final String FIND =
            "SELECT id, no FROM sessions WHERE realm = ? AND comms_name = ? AND archived = 0";
    private static final String NAMED =
            "SELECT id, no FROM sessions WHERE realm = ? AND comms_name IS NOT NULL AND archived = 0"
                    + " AND no > ? ORDER BY no LIMIT ?";
    private static final String LIST = "SELECT id, no FROM sessions WHERE archived = 0 ORDER BY no LIMIT ? OFFSET ?";
    private static final String LIST_ARCHIVED = LIST.replace("archived = 0", "archived = 1");
    private static final String ALL = "SELECT id, no FROM sessions WHERE no > ? ORDER BY no LIMIT ?";
    private static final String RETAINED =
            "SELECT id, no FROM sessions WHERE retained = 1 AND no > ? ORDER BY no LIMIT ?";
    private static final String DELETED = "SELECT session_no FROM deleted ORDER BY session_no";
    private static final String NUMBER = "SELECT no FROM sessions WHERE id = ?";
    private static final String UNFINISHED =
            "SELECT s.id, s.no FROM sessions s LEFT JOIN progress p ON p.session_no = s.no"
                    + " WHERE s.no > ? AND (s.archived = 0 AND (p.version IS NULL OR p.in_turn = 1 OR "
                    + waits(Track.PROMPT)
                    + " OR s.keep_alive = 1 AND (" + waits(Track.QUEUED) + " OR " + waits(Track.STEERED) + " OR "
                    + waits(Track.EXTERNAL) + ") OR " + RETRIES
                    + ") OR EXISTS (SELECT 1 FROM outbox o WHERE o.session_no = s.no))"
                    + " ORDER BY s.no LIMIT ?";

    private SessionReads() {}

    private static String waits(Track track) {
        return "EXISTS (SELECT 1 FROM inputs i WHERE i.session_no = s.no AND i.track = " + StoredNumbers.of(track)
                + " AND i.n > p." + Codes.consumedColumn(track) + ")";
    }

    static Optional<StoredSession> load(Db db, SessionId id) throws SQLException {
        PreparedStatement select = db.prepare(LOAD);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "sessions or progress", "session " + id, 0);
            if (!row.next()) {
                return Optional.empty();
            }
            Edges edges = Edges.read(columns, LOAD_EDGES);
            long consumedBytes = columns.getLong(7);
            return Optional.of(new StoredSession(
                    id,
                    row.decoded(5, StoreCodec::decodeSpec).withKeepAlive(row.flag(8)),
                    row.bytes(4),
                    row.instant(1),
                    new StoredSession.Standing(row.flag(2), row.number(3), row.decoded(6, StoreCodec::decodeProgress)),
                    new StoredSession.Inbox(edges.admitted(), edges.externalBytes() - consumedBytes, row.flag(9)),
                    new StoredSession.Log(new Cursor(edges.lastSeq()), edges.entries())));
        }
    }

    static Optional<SessionId> find(Db db, String realm, String commsName) throws SQLException {
        PreparedStatement select = db.prepare(FIND);
        select.setString(1, realm);
        select.setString(2, commsName);
        return ids(select).stream().findFirst();
    }

    static List<SessionId> named(Db db, String realm, @Nullable SessionId after, int limit) throws SQLException {
        long no = after == null ? 0 : number(db, after);
        PreparedStatement select = db.prepare(NAMED);
        select.setString(1, realm);
        select.setLong(2, no);
        select.setInt(3, limit);
        return ids(select);
    }

    static List<SessionId> list(Db db, SessionQuery query) throws SQLException {
        if (query.labels().isEmpty()) {
            PreparedStatement select = db.prepare(query.archived() ? LIST_ARCHIVED : LIST);
            select.setInt(1, query.limit());
            select.setInt(2, query.offset());
            return ids(select);
        }
        try (PreparedStatement select = db.prepareOnce(withLabels(query.labels().size(), query.archived()))) {
            int parameter = 1;
            for (Map.Entry<String, String> label : query.labels().entrySet()) {
                select.setString(parameter++, label.getKey());
                select.setString(parameter++, label.getValue());
            }
            select.setInt(parameter++, query.labels().size());
            select.setInt(parameter++, query.limit());
            select.setInt(parameter, query.offset());
            return ids(select);
        }
    }

    private static String withLabels(int labels, boolean archived) {
        // A row value IN a list would not use the index, so the wanted labels are a table to start from.
        return "SELECT s.id, s.no FROM sessions s JOIN (SELECT l.session_no FROM"
                + " (SELECT column1 AS name, column2 AS value FROM (VALUES " + "(?, ?), ".repeat(labels - 1)
                + "(?, ?))) w CROSS JOIN labels l ON l.name = w.name AND l.value = w.value"
                + " GROUP BY l.session_no HAVING count(*) = ?) m"
                + " ON s.no = m.session_no WHERE s.archived = " + (archived ? 1 : 0)
                + " ORDER BY s.no LIMIT ? OFFSET ?";
    }

    static List<SessionId> retained(Db db, boolean all, @Nullable SessionId after, int limit) throws SQLException {
        long no = after == null ? 0 : number(db, after);
        PreparedStatement select = db.prepare(all ? ALL : RETAINED);
        select.setLong(1, no);
        select.setInt(2, limit);
        return ids(select);
    }

    /** The numbers of sessions that are not deleted to the end. */
    static List<Long> deleted(Db db) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        try (ResultSet row = db.prepare(DELETED).executeQuery()) {
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }

    static List<SessionId> unfinished(Db db, @Nullable SessionId after, int limit) throws SQLException {
        long no = after == null ? 0 : number(db, after);
        PreparedStatement select = db.prepare(UNFINISHED);
        select.setLong(1, no);
        select.setInt(2, limit);
        List<SessionId> ids = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "sessions", "a session", 2);
            while (row.next()) {
                try {
                    ids.add(new SessionId(row.uuid(1)));
                } catch (StoreException e) {
                    // Nobody can ask for it, and the others must go on.
                    LOG.warn("a session cannot be taken up: {}", e.getMessage());
                }
            }
        }
        return ids;
    }

    /** The number of a session, or 0 if there is none. */
    static long number(Db db, SessionId id) throws SQLException {
        PreparedStatement select = db.prepare(NUMBER);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static List<SessionId> ids(PreparedStatement select) throws SQLException {
        List<SessionId> ids = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "sessions", "a session", 2);
            while (row.next()) {
                ids.add(new SessionId(row.uuid(1)));
            }
        }
        return ids;
    }
}
