package dev.meerkat.store.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Deletes a part of what a deleted session has left; tells whether there may be more. */
final class DeleteRows extends Write<Boolean> {
    /** So many rows at once delay others by some milliseconds. */
    private static final int ROWS = 2_000;

    /** What deletes rows, and how many there are up to a number. */
    private record Part(RowChange change, String count) {
        static Part of(RowChange change, String table) {
            return new Part(change, "SELECT count(*) FROM (SELECT 1 FROM " + table + " WHERE session_no = ? LIMIT ?)");
        }
    }

    private static final List<Part> PARTS = List.of(
            Part.of(RowChange.NO_ENTRIES, "transcript"),
            Part.of(RowChange.NO_EVENTS, "events"),
            Part.of(RowChange.NO_EVENT_KEYS, "event_keys"),
            Part.of(RowChange.NO_CONTEXT_KEYS, "context_keys"),
            Part.of(RowChange.NO_ENVELOPES, "outbox"),
            Part.of(RowChange.NO_FAILED_INPUTS, "failed_inputs"),
            Part.of(RowChange.NO_HANDLE_REPLIES, "handle_replies"),
            new Part(
                    RowChange.NO_REQUESTS,
                    "SELECT count(*) FROM (SELECT 1 FROM requests"
                            + " WHERE requester = (SELECT id FROM deleted WHERE session_no = ?) LIMIT ?)"),
            Part.of(RowChange.NO_INPUTS, "inputs"));

    private final long no;

    DeleteRows(long no) {
        this.no = no;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    Boolean apply(Tables tables) throws SQLException {
        int left = ROWS;
        for (Part part : PARTS) {
            int rows = count(tables.draft, part, left);
            if (rows > 0) {
                tables.draft.update(part.change(), no, rows);
            }
            left -= rows;
            if (left == 0) {
                return true;
            }
        }
        tables.draft.update(RowChange.DELETED_ROWS, no);
        return false;
    }

    private int count(Draft draft, Part part, int most) throws SQLException {
        PreparedStatement select = draft.prepare(part.count());
        select.setLong(1, no);
        select.setInt(2, most);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
