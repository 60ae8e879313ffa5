package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.ScheduleRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.SQLException;

/** Adds, moves or drops a schedule. */
final class ChangeSchedule extends Write<ScheduleResult> {
    private final ScheduleChange change;
    private final long bytes;

    ChangeSchedule(ScheduleChange change) {
        this.change = change;
        StoredNumbers.check(change);
        bytes = change instanceof ScheduleChange.Add add ? StoreCodec.encode(add.schedule()).length : 0;
    }

    @Override
    long payloadBytes() {
        return bytes;
    }

    @Override
    ScheduleResult apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(change.session());
        if (session == null || session.archived()) {
            return new ScheduleResult.Absent();
        }
        return ScheduleRules.change(change, tables.schedules.of(session));
    }
}
