package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds sessions. */
final class SessionQueries {
    private static final String LOAD = "SELECT " + Hot.COLUMNS + ", c.created_at, c.seed, c.spec, s.progress,"
            + " (SELECT i.bytes FROM $.input i WHERE i.session_no = s.no AND i.track = 4 AND i.n = s.consumed_4)"
            + " FROM $.session c JOIN $.state s ON s.no = c.no WHERE c.id = ?";
    private static final int MORE = Hot.COLUMN_COUNT + 1;
    private static final String FIND = "SELECT id FROM $.session WHERE realm = ? AND comms_name = ? AND NOT archived";
    private static final String AFTER = "no > coalesce((SELECT no FROM $.session WHERE id = ?::uuid), 0)";
    private static final String NAMED = "SELECT id FROM $.session WHERE realm = ? AND comms_name IS NOT NULL"
            + " AND NOT archived AND " + AFTER + " ORDER BY no LIMIT ?";
    private static final String ALL = "SELECT id FROM $.session WHERE " + AFTER + " ORDER BY no LIMIT ?";
    private static final String RETAINED =
            "SELECT id FROM $.session WHERE retained AND " + AFTER + " ORDER BY no LIMIT ?";
    private static final String LIST = "SELECT c.id FROM $.session c WHERE ";
    private static final String LABELLED =
            " AND EXISTS (SELECT 1 FROM $.label l WHERE l.session_no = c.no" + " AND l.name = ? AND l.value = ?)";
    private static final String UNFINISHED = "SELECT c.id FROM $.state s JOIN $.session c ON c.no = s.no"
            + " WHERE s.runnable AND s.shard = ANY (?::int2[]) AND s." + AFTER + " ORDER BY s.no LIMIT ?";

    private static final String ENDS =
            "SELECT c.id, s.last_seq FROM $.session c JOIN $.state s ON s.no = c.no" + " WHERE c.id = ANY (?::uuid[])";

    private SessionQueries() {}

    /** How far the logs of sessions go. */
    static Map<SessionId, Cursor> ends(DbConnection db, Collection<SessionId> sessions) throws SQLException {
        DbConnection.Column ids = new DbConnection.Column("uuid");
        sessions.forEach(id -> ids.add(id.value()));
        Map<SessionId, Cursor> ends = new LinkedHashMap<>();
        for (Map.Entry<SessionId, Cursor> end :
                db.list(ENDS, row -> Map.entry(id(row), new Cursor(row.getLong(2))), ids)) {
            ends.put(end.getKey(), end.getValue());
        }
        return ends;
    }

    static Optional<StoredSession> load(DbConnection db, SessionId id) throws SQLException {
        return db.first(LOAD, row -> stored(id, row), id.value());
    }

    private static StoredSession stored(SessionId id, ResultSet row) throws SQLException {
        Hot hot = Hot.read(id, row);
        return new StoredSession(
                id,
                StoreCodec.decodeSpec(row.getBytes(MORE + 2)).withKeepAlive(hot.keepAlive),
                row.getBytes(MORE + 1),
                StoredNumbers.instant(row.getLong(MORE)),
                new StoredSession.Standing(
                        hot.archived, hot.version, StoreCodec.decodeProgress(row.getBytes(MORE + 3))),
                new StoredSession.Inbox(hot.admitted, hot.externalBytes - row.getLong(MORE + 4), hot.retried > 0),
                new StoredSession.Log(new Cursor(hot.lastSeq), hot.entries));
    }

    private static SessionId id(ResultSet row) throws SQLException {
        return new SessionId(DbConnection.uuid(row, 1));
    }

    static Optional<SessionId> find(DbConnection db, String realm, String commsName) throws SQLException {
        return db.first(FIND, SessionQueries::id, DbConnection.utf8(realm), DbConnection.utf8(commsName));
    }

    static List<SessionId> named(DbConnection db, String realm, @Nullable SessionId after, int limit)
            throws SQLException {
        return db.list(
                NAMED, SessionQueries::id, DbConnection.utf8(realm), after == null ? null : after.value(), limit);
    }

    static List<SessionId> list(DbConnection db, SessionQuery query) throws SQLException {
        StringBuilder sql = new StringBuilder(LIST).append(query.archived() ? "c.archived" : "NOT c.archived");
        List<@Nullable Object> arguments = new ArrayList<>();
        query.labels().forEach((name, value) -> {
            sql.append(LABELLED);
            arguments.add(DbConnection.utf8(name));
            arguments.add(DbConnection.utf8(value));
        });
        arguments.add(query.limit());
        arguments.add(query.offset());
        return db.list(sql.append(" ORDER BY c.no LIMIT ? OFFSET ?").toString(), SessionQueries::id, arguments);
    }

    static List<SessionId> retained(DbConnection db, boolean all, @Nullable SessionId after, int limit)
            throws SQLException {
        return db.list(all ? ALL : RETAINED, SessionQueries::id, after == null ? null : after.value(), limit);
    }

    /** Those in these shards. */
    static List<SessionId> unfinished(DbConnection db, List<Integer> shards, @Nullable SessionId after, int limit)
            throws SQLException {
        DbConnection.Column all = new DbConnection.Column("int2");
        shards.forEach(all::add);
        return db.list(UNFINISHED, SessionQueries::id, all, after == null ? null : after.value(), limit);
    }
}
