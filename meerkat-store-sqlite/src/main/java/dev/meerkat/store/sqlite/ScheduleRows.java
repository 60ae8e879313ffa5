package dev.meerkat.store.sqlite;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.core.store.ScheduleRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes schedules. Confined to the committer. */
final class ScheduleRows {
    private static final String COUNT = "SELECT count(*) FROM schedules WHERE session_no = ?";
    private static final String FIND = "SELECT due, body FROM schedules WHERE session_no = ? AND id = ?";

    private final Draft draft;

    ScheduleRows(Draft draft) {
        this.draft = draft;
    }

    /** The schedules of a session. */
    ScheduleRules.Kept<SQLException> of(HotSession session) {
        return new OfSession(session.no);
    }

    private final class OfSession implements ScheduleRules.Kept<SQLException> {
        private final long no;

        OfSession(long no) {
            this.no = no;
        }

        @Override
        public long count() throws SQLException {
            PreparedStatement select = draft.prepare(COUNT);
            select.setLong(1, no);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }

        @Override
        public @Nullable Schedule find(ScheduleId id) throws SQLException {
            PreparedStatement select = draft.prepare(FIND);
            select.setLong(1, no);
            select.setBytes(2, Codes.bytes(id.value()));
            try (ResultSet columns = select.executeQuery()) {
                Row row = new Row(columns, "schedules", "schedule " + id, 0);
                return row.next() ? ScheduleReads.schedule(row, id, 1) : null;
            }
        }

        @Override
        public void put(Schedule schedule) {
            draft.update(
                    RowChange.SCHEDULE,
                    no,
                    Codes.bytes(schedule.id().value()),
                    StoredNumbers.of(schedule.next()),
                    StoreCodec.encode(schedule));
        }

        @Override
        public void drop(ScheduleId id) {
            draft.update(RowChange.NO_SCHEDULE, no, Codes.bytes(id.value()));
        }
    }

    void dropAll(HotSession session) throws SQLException {
        draft.update(RowChange.NO_SCHEDULES, session.no);
    }
}
