package dev.meerkat.store.postgres;

import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.store.postgres.PostgresReport.Durability;
import dev.meerkat.store.postgres.PostgresReport.NodeState;
import dev.meerkat.store.postgres.PostgresReport.Standby;
import dev.meerkat.store.postgres.PostgresReport.Waiting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads what {@link PostgresReport} tells. */
final class Inspection {
    private static final String SETTING = "SELECT current_setting(?)";
    private static final String STANDBYS =
            "SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY application_name";
    private static final String NODES =
            "SELECT n.name, n.serving, (SELECT count(*) FROM $.shard s WHERE s.owner = n.id),"
                    + " (extract(epoch FROM l.expires_at - clock_timestamp()) * 1000)::bigint"
                    + " FROM $.node n JOIN $.lease l ON l.node = n.id WHERE NOT n.dead ORDER BY n.name";
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
                readable ? db.list(NODES, Inspection::node) : List.of(),
                readable ? db.first(WAITING, Inspection::waiting).orElseThrow() : new Waiting(0, 0, Optional.empty()));
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

    private static NodeState node(ResultSet row) throws SQLException {
        return new NodeState(row.getString(1), row.getBoolean(2), row.getInt(3), Duration.ofMillis(row.getLong(4)));
    }

    private static Waiting waiting(ResultSet row) throws SQLException {
        long at = row.getLong(3);
        Optional<Instant> oldest = row.wasNull() ? Optional.empty() : Optional.of(StoredNumbers.instant(at));
        return new Waiting(row.getLong(1), row.getLong(2), oldest);
    }
}
