package dev.meerkat.store.postgres;

import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.store.postgres.PostgresReport.Backlog;
import dev.meerkat.store.postgres.PostgresReport.Durability;
import dev.meerkat.store.postgres.PostgresReport.Standby;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what {@link PostgresReport} tells. */
final class Inspection {
    private static final String SETTING = "SELECT current_setting(?)";
    private static final String STANDBYS =
            "SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY application_name";
    private static final String NODES = "SELECT n.id, n.name, n.serving,"
            + " (SELECT count(*) FROM $.shard s WHERE s.owner = n.id),"
            + " extract(epoch FROM l.expires_at - clock_timestamp()) * 1000"
            + " FROM $.node n JOIN $.lease l ON l.node = n.id WHERE NOT n.dead ORDER BY n.name, n.id";
    /** The next input of each track, of the sessions that have something to do. */
    private static final String WAITING = "SELECT count(*), count(*) FILTER (WHERE n.id IS NULL), min(i.at)"
            + " FROM $.state s JOIN $.shard h ON h.shard = s.shard LEFT JOIN $.node n ON n.id = h.owner AND NOT n.dead"
            + " LEFT JOIN LATERAL (SELECT min(x.at) AS at FROM $.input x WHERE x.session_no = s.no AND (x.track, x.n) IN"
            + " ((0, s.consumed_0 + 1), (1, s.consumed_1 + 1), (2, s.consumed_2 + 1), (3, s.consumed_3 + 1),"
            + " (4, s.consumed_4 + 1))) i ON true WHERE s.runnable";

    private Inspection() {}

    static PostgresReport of(DbConnection db, String place) throws SQLException {
        int version = Migrations.version(db, db.schema());
        boolean readable = version >= 2 && version <= Migrations.newest();
        return new PostgresReport(
                place,
                setting(db, "server_version"),
                version,
                Migrations.newest(),
                durability(db),
                readable ? nodes(db, null) : List.of(),
                readable ? db.first(WAITING, Inspection::waiting).orElseThrow() : new Backlog(0, 0, Optional.empty()));
    }

    private static String setting(DbConnection db, String name) throws SQLException {
        return db.first(SETTING, row -> row.getString(1), name).orElseThrow();
    }

    private static Durability durability(DbConnection db) throws SQLException {
        return new Durability(
                setting(db, "synchronous_commit"),
                setting(db, "fsync").equals("on"),
                setting(db, "synchronous_standby_names"),
                db.list(
                        STANDBYS,
                        row -> new Standby(
                                Optional.ofNullable(row.getString(1)).orElse(""),
                                Optional.ofNullable(row.getString(2)),
                                Optional.ofNullable(row.getString(3)))));
    }

    /** Those that have the schema open; {@code me} is this process, if it is one of them. */
    static List<PostgresNode> nodes(DbConnection db, @Nullable UUID me) throws SQLException {
        return db.list(
                NODES,
                row -> new PostgresNode(
                        DbConnection.uuid(row, 1),
                        row.getString(2),
                        DbConnection.uuid(row, 1).equals(me),
                        row.getBoolean(3),
                        row.getInt(4),
                        Duration.ofMillis(row.getLong(5))));
    }

    private static Backlog waiting(ResultSet row) throws SQLException {
        long at = row.getLong(3);
        Optional<Instant> oldest = row.wasNull() ? Optional.empty() : Optional.of(StoredNumbers.instant(at));
        return new Backlog(row.getLong(1), row.getLong(2), oldest);
    }
}
