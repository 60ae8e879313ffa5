package dev.meerkat.store.postgres;

import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.ScheduleRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;

/** Adds, moves or drops a schedule. */
final class ScheduleWrite extends GroupWrite<ScheduleResult> {
    private final ScheduleChange change;
    private final long bytes;

    ScheduleWrite(ScheduleChange change) {
        this.change = change;
        StoredNumbers.check(change);
        bytes = change instanceof ScheduleChange.Add add ? StoreCodec.encode(add.schedule()).length : 0;
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
        return ScheduleRules.change(change, known.schedules.of(session));
    }
}
