package dev.meerkat.store.sqlite;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes schedules. Confined to the committer. */
final class ScheduleRows {
    private static final String COUNT = "SELECT count(*) FROM schedules WHERE session_no = ?";
    private static final String FIND = "SELECT due, body FROM schedules WHERE session_no = ? AND id = ?";

    private final Draft draft;

    ScheduleRows(Draft draft) {
        this.draft = draft;
    }

    long count(HotSession session) throws SQLException {
        PreparedStatement select = draft.prepare(COUNT);
        select.setLong(1, session.no);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Nullable
    Schedule find(HotSession session, ScheduleId id) throws SQLException {
        PreparedStatement select = draft.prepare(FIND);
        select.setLong(1, session.no);
        select.setBytes(2, Codes.bytes(id.value()));
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "schedules", "schedule " + id, 0);
            return row.next() ? ScheduleReads.schedule(row, id, 1) : null;
        }
    }

    void add(HotSession session, Schedule schedule) throws SQLException {
        draft.update(
                RowChange.SCHEDULE,
                session.no,
                Codes.bytes(schedule.id().value()),
                StoredNumbers.of(schedule.next()),
                StoreCodec.encode(schedule));
    }

    void move(HotSession session, ScheduleId id, Instant to) throws SQLException {
        draft.update(RowChange.SCHEDULE_DUE, StoredNumbers.of(to), session.no, Codes.bytes(id.value()));
    }

    void drop(HotSession session, ScheduleId id) throws SQLException {
        draft.update(RowChange.NO_SCHEDULE, session.no, Codes.bytes(id.value()));
    }

    void dropAll(HotSession session) throws SQLException {
        draft.update(RowChange.NO_SCHEDULES, session.no);
    }
}
