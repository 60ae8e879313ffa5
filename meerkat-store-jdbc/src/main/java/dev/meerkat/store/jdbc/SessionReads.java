package dev.meerkat.store.jdbc;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.core.store.StoreCodec;
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

/** Finds sessions. */
final class SessionReads {
    private static final String LOAD = "SELECT s.created_at, s.archived, p.version, s.seed, s.spec, p.body,"
            + " (SELECT bytes FROM inputs WHERE session_no = s.no AND track = " + Codes.code(Track.EXTERNAL)
            + " AND n = p.external), s.keep_alive, " + Edges.COLUMNS
            + " FROM sessions s JOIN progress p ON p.session_no = s.no WHERE s.id = ?";
    private static final int LOAD_EDGES = 9;
    private static final String FIND = "SELECT id FROM sessions WHERE realm = ? AND comms_name = ? AND archived = 0";
    private static final String NAMED =
            "SELECT id FROM sessions WHERE realm = ? AND comms_name IS NOT NULL AND archived = 0 ORDER BY no";
    private static final String LIST = "SELECT id FROM sessions WHERE archived = 0 ORDER BY no LIMIT ? OFFSET ?";
    private static final String NUMBER = "SELECT no FROM sessions WHERE id = ?";
    private static final String UNFINISHED = "SELECT s.id FROM sessions s JOIN progress p ON p.session_no = s.no"
            + " WHERE s.archived = 0 AND s.no > ? AND (p.in_turn = 1 OR " + waits(Track.PROMPT)
            + " OR s.keep_alive = 1 AND (" + waits(Track.QUEUED) + " OR " + waits(Track.STEERED) + " OR "
            + waits(Track.EXTERNAL) + ") OR EXISTS (SELECT 1 FROM outbox o WHERE o.session_no = s.no))"
            + " ORDER BY s.no LIMIT ?";

    private SessionReads() {}

    private static String waits(Track track) {
        return "EXISTS (SELECT 1 FROM inputs i WHERE i.session_no = s.no AND i.track = " + Codes.code(track)
                + " AND i.n > p." + Codes.consumedColumn(track) + ")";
    }

    static Optional<StoredSession> load(Db db, SessionId id) throws SQLException {
        PreparedStatement select = db.prepare(LOAD);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            Edges edges = Edges.read(row, LOAD_EDGES);
            long consumedBytes = row.getLong(7);
            return Optional.of(new StoredSession(
                    id,
                    StoreCodec.decodeSpec(row.getBytes(5)).keepAlive(row.getBoolean(8)),
                    row.getBytes(4),
                    Codes.instant(row.getLong(1)),
                    row.getBoolean(2),
                    row.getLong(3),
                    StoreCodec.decodeProgress(row.getBytes(6)),
                    edges.admitted(),
                    edges.externalBytes() - consumedBytes,
                    new Cursor(edges.lastSeq()),
                    edges.entries()));
        }
    }

    static Optional<SessionId> find(Db db, String realm, String commsName) throws SQLException {
        PreparedStatement select = db.prepare(FIND);
        select.setString(1, realm);
        select.setString(2, commsName);
        return ids(select).stream().findFirst();
    }

    static List<SessionId> named(Db db, String realm) throws SQLException {
        PreparedStatement select = db.prepare(NAMED);
        select.setString(1, realm);
        return ids(select);
    }

    static List<SessionId> list(Db db, SessionQuery query) throws SQLException {
        if (query.labels().isEmpty()) {
            PreparedStatement select = db.prepare(LIST);
            select.setInt(1, query.limit());
            select.setInt(2, query.offset());
            return ids(select);
        }
        try (PreparedStatement select = db.prepareOnce(withLabels(query.labels().size()))) {
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

    private static String withLabels(int labels) {
        // A row value IN a list would not use the index, so the wanted labels are a table to start from.
        return "SELECT s.id FROM sessions s JOIN (SELECT l.session_no FROM"
                + " (SELECT column1 AS name, column2 AS value FROM (VALUES " + "(?, ?), ".repeat(labels - 1)
                + "(?, ?))) w CROSS JOIN labels l ON l.name = w.name AND l.value = w.value"
                + " GROUP BY l.session_no HAVING count(*) = ?) m"
                + " ON s.no = m.session_no WHERE s.archived = 0 ORDER BY s.no LIMIT ? OFFSET ?";
    }

    static List<SessionId> unfinished(Db db, @Nullable SessionId after, int limit) throws SQLException {
        long no = after == null ? 0 : number(db, after);
        PreparedStatement select = db.prepare(UNFINISHED);
        select.setLong(1, no);
        select.setInt(2, limit);
        return ids(select);
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
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                ids.add(new SessionId(Codes.uuid(row.getBytes(1))));
            }
        }
        return ids;
    }
}
