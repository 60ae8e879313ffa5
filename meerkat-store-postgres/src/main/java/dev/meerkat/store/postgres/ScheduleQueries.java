package dev.meerkat.store.postgres;

import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSchedule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads schedules. */
final class ScheduleQueries {
    private static final String ROWS =
            "SELECT c.id, q.id, q.due, q.body FROM $.schedule q JOIN $.session c ON c.no = q.session_no WHERE";
    private static final String PAGE = " (q.due, q.id) > (?, ?::uuid) ORDER BY q.due, q.id LIMIT ?";
    private static final String OF_SHARDS = ROWS + " q.shard = ANY (?::int2[]) AND" + PAGE;
    private static final String OF_SESSION = ROWS + " c.id = ? AND" + PAGE;
    private static final UUID FIRST = new UUID(0, 0);

    private ScheduleQueries() {}

    static List<StoredSchedule> ofSession(DbConnection db, SessionId session, @Nullable StoredSchedule after, int limit)
            throws SQLException {
        return db.list(OF_SESSION, ScheduleQueries::stored, session.value(), due(after), id(after), limit);
    }

    /** Those of the sessions in these shards. */
    static List<StoredSchedule> ofShards(
            DbConnection db, List<Integer> shards, @Nullable StoredSchedule after, int limit) throws SQLException {
        DbConnection.Column all = new DbConnection.Column("int2");
        shards.forEach(all::add);
        return db.list(OF_SHARDS, ScheduleQueries::stored, all, due(after), id(after), limit);
    }

    private static long due(@Nullable StoredSchedule after) {
        return after == null
                ? Long.MIN_VALUE
                : StoredNumbers.of(after.schedule().next());
    }

    private static UUID id(@Nullable StoredSchedule after) {
        return after == null ? FIRST : after.schedule().id().value();
    }

    private static StoredSchedule stored(ResultSet row) throws SQLException {
        ScheduleId id = new ScheduleId(DbConnection.uuid(row, 2));
        return new StoredSchedule(
                new SessionId(DbConnection.uuid(row, 1)),
                StoreCodec.decodeSchedule(row.getBytes(4), id, StoredNumbers.instant(row.getLong(3))));
    }
}
