package dev.meerkat.store.postgres;

import dev.meerkat.api.Schedule;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;

/** Adds, moves or drops a schedule. */
final class ScheduleWrite extends GroupWrite<ScheduleResult> {
    private final ScheduleChange change;
    private final long bytes;

    ScheduleWrite(ScheduleChange change) {
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
    void wants(Wanted wanted) {
        wanted.session(change.session());
        wanted.schedule(change.session(), change.id());
    }

    @Override
    ScheduleResult apply(Known known) {
        Hot session = known.sessions.get(change.session());
        if (session == null || session.archived) {
            return new ScheduleResult.Absent();
        }
        Schedule there = known.schedules.find(session, change.id());
        if (change instanceof ScheduleChange.Add add) {
            if (there != null) {
                return new ScheduleResult.There(there);
            }
            if (known.schedules.count(session) >= add.most()) {
                return new ScheduleResult.Full();
            }
            known.schedules.put(session, add.schedule());
        } else if (there == null || !change.isOf(there)) {
            return new ScheduleResult.Absent();
        } else if (change instanceof ScheduleChange.Move move) {
            known.schedules.put(session, there.withNext(move.to()));
        } else {
            known.schedules.drop(session, change.id());
        }
        return new ScheduleResult.Done();
    }
}
