package dev.meerkat.store.sqlite;

import dev.meerkat.api.Schedule;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.SQLException;

/** Adds, moves or drops a schedule. */
final class ChangeSchedule extends Write<ScheduleResult> {
    private final ScheduleChange change;
    private final long bytes;

    ChangeSchedule(ScheduleChange change) {
        this.change = change;
        if (change instanceof ScheduleChange.Add add) {
            StoredNumbers.check(add.schedule().next());
            bytes = StoreCodec.encode(add.schedule()).length;
        } else {
            bytes = 0;
        }
        if (change instanceof ScheduleChange.Move move) {
            StoredNumbers.check(move.to());
        }
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
        Schedule there = tables.schedules.find(session, change.id());
        if (change instanceof ScheduleChange.Add add) {
            if (there != null) {
                return new ScheduleResult.There(there);
            }
            if (tables.schedules.count(session) >= add.most()) {
                return new ScheduleResult.Full();
            }
            tables.schedules.add(session, add.schedule());
        } else if (there == null || !change.isOf(there)) {
            return new ScheduleResult.Absent();
        } else if (change instanceof ScheduleChange.Move move) {
            tables.schedules.move(session, move.id(), move.to());
        } else {
            tables.schedules.drop(session, change.id());
        }
        return new ScheduleResult.Done();
    }
}
