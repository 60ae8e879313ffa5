package dev.meerkat.springboot;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.webhooks.NotificationPositions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Positions of notifications in the database of the application. Thread-safe. */
final class JdbcPositions implements NotificationPositions {
    private static final String WRITE = "INSERT INTO meerkat_notification_position VALUES (?, ?, ?)"
            + " ON CONFLICT (target, session) DO UPDATE SET position = EXCLUDED.position";

    private final OwnTables tables;

    JdbcPositions(DataSource source) {
        this.tables = new OwnTables(source);
        tables.create("meerkat_notification_target", "notifications.sql", "meerkat.webhooks.notifications");
    }

    @Override
    public Optional<Map<SessionId, Cursor>> read(String target) {
        Integer begun = tables.jdbc()
                .queryForObject(
                        "SELECT count(*) FROM meerkat_notification_target WHERE name = ?", Integer.class, target);
        if (begun == null || begun == 0) {
            return Optional.empty();
        }
        Map<SessionId, Cursor> positions = new HashMap<>();
        tables.jdbc()
                .query(
                        "SELECT session, position FROM meerkat_notification_position WHERE target = ?",
                        row -> {
                            positions.put(new SessionId(row.getObject(1, UUID.class)), new Cursor(row.getLong(2)));
                        },
                        target);
        return Optional.of(positions);
    }

    @Override
    public void begin(String target, Map<SessionId, Cursor> positions) {
        tables.transactions().executeWithoutResult(status -> {
            positions.forEach((session, position) -> write(target, session, position));
            int unused = tables.jdbc().update("INSERT INTO meerkat_notification_target VALUES (?)", target);
        });
    }

    @Override
    public void write(String target, SessionId session, Cursor position) {
        int unused = tables.jdbc().update(WRITE, target, session.value(), position.sequence());
    }

    @Override
    public void forget(String target, SessionId session) {
        int unused = tables.jdbc()
                .update(
                        "DELETE FROM meerkat_notification_position WHERE target = ? AND session = ?",
                        target,
                        session.value());
    }
}
