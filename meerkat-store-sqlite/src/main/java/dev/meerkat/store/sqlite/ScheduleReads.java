package dev.meerkat.store.sqlite;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSchedule;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads schedules. */
final class ScheduleReads {
    private static final String ROWS =
            "SELECT s.id, q.id, q.due, q.body FROM schedules q JOIN sessions s ON s.no = q.session_no WHERE";
    private static final String PAGE = " (q.due, q.id) > (?, ?) ORDER BY q.due, q.id LIMIT ?";
    private static final String OF_ALL = ROWS + PAGE;
    private static final String OF_SESSION = ROWS + " s.id = ? AND" + PAGE;
    private static final byte[] FIRST = {};

    private ScheduleReads() {}

    static List<StoredSchedule> page(Db db, @Nullable SessionId session, @Nullable StoredSchedule after, int limit)
            throws SQLException {
        PreparedStatement select = db.prepare(session == null ? OF_ALL : OF_SESSION);
        int parameter = 1;
        if (session != null) {
            select.setBytes(parameter++, Codes.bytes(session.value()));
        }
        select.setLong(
                parameter++,
                after == null
                        ? Long.MIN_VALUE
                        : StoredNumbers.of(after.schedule().next()));
        select.setBytes(
                parameter++,
                after == null ? FIRST : Codes.bytes(after.schedule().id().value()));
        select.setInt(parameter, limit);
        List<StoredSchedule> page = new ArrayList<>();
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "schedules", session == null ? "all sessions" : "session " + session, 0);
            while (row.next()) {
                ScheduleId id = new ScheduleId(row.uuid(2));
                page.add(new StoredSchedule(new SessionId(row.uuid(1)), schedule(row, id, 3)));
            }
        }
        return page;
    }

    /** Of a row whose columns from {@code first} on are when it is due, and the rest. */
    static Schedule schedule(Row row, ScheduleId id, int first) throws SQLException {
        Instant due = row.instant(first);
        return row.decoded(first + 1, bytes -> StoreCodec.decodeSchedule(bytes, id, due));
    }
}
