package dev.meerkat.store.sqlite;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every statement that changes rows of sessions, with the code that stands for it in the journal. A statement must do the
 * same whenever it is repeated on the same rows. What a code means may only change with the schema version.
 */
enum RowChange {
    NEW_SESSION(
            1,
            "INSERT INTO sessions (no, id, archived, keep_alive, created_at, realm, comms_name, seed, spec)"
                    + " VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)"),
    NEW_LABEL(2, "INSERT INTO labels (name, value, session_no) VALUES (?, ?, ?)"),
    NEW_PROGRESS(
            3,
            "INSERT INTO progress"
                    + " (version, in_turn, prompt, queued, steered, passive, external, body, session_no)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    PROGRESS(
            4,
            "UPDATE progress SET"
                    + " version = ?, in_turn = ?, prompt = ?, queued = ?, steered = ?, passive = ?, external = ?, body = ?"
                    + " WHERE session_no = ?"),
    KEEP_ALIVE(5, "UPDATE sessions SET keep_alive = ? WHERE no = ?"),
    ARCHIVED(6, "UPDATE sessions SET archived = 1 WHERE no = ?"),
    CONTEXT_KEY(7, "INSERT OR IGNORE INTO context_keys (session_no, key, digest) VALUES (?, ?, ?)"),
    INPUT(
            8,
            "INSERT OR IGNORE INTO inputs"
                    + " (session_no, track, n, seq, bytes, at, id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    EVENT_KEY(9, "INSERT OR IGNORE INTO event_keys (session_no, hash, n) VALUES (?, ?, ?)"),
    NO_EVENT_KEY(10, "DELETE FROM event_keys WHERE session_no = ? AND hash = ?"),
    HANDLE_REPLY(11, "INSERT INTO handle_replies (id, session_no, seq) VALUES (?, ?, ?)"),
    /** The events of a step, at the place of the last one. */
    EVENT(12, "INSERT INTO events (session_no, seq, body) VALUES (?, ?, ?)"),
    ENTRY(13, "INSERT INTO transcript (session_no, i, body) VALUES (?, ?, ?)"),
    REFERENCE(14, "INSERT INTO transcript (session_no, i, track, n, at, turn) VALUES (?, ?, ?, ?, ?, ?)"),
    ENVELOPE(
            15,
            "INSERT OR IGNORE INTO outbox (session_no, n, id, body)"
                    + " VALUES (?1, ifnull((SELECT max(n) FROM outbox WHERE session_no = ?1), 0) + 1, ?2, ?3)"),
    NO_ENVELOPE(16, "DELETE FROM outbox WHERE session_no = ? AND id = ?"),
    REQUEST(17, "INSERT OR REPLACE INTO requests (id, requester, responder, to_handle) VALUES (?, ?, ?, ?)"),
    ANSWER(18, "UPDATE requests SET reply = ? WHERE id = ?"),
    FAILED_INPUT(
            19,
            "INSERT OR REPLACE INTO failed_inputs"
                    + " (session_no, track, n, state, retry_at, turn, body) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    SCHEDULE(20, "INSERT OR REPLACE INTO schedules (session_no, id, due, body) VALUES (?, ?, ?, ?)"),
    /** Of earlier versions; their journals may have it. */
    SCHEDULE_DUE(21, "UPDATE schedules SET due = ? WHERE session_no = ? AND id = ?"),
    NO_SCHEDULE(22, "DELETE FROM schedules WHERE session_no = ? AND id = ?"),
    NO_SCHEDULES(23, "DELETE FROM schedules WHERE session_no = ?"),
    DELETED(24, "INSERT INTO deleted (session_no, id) VALUES (?, ?)"),
    NO_SESSION(25, "DELETE FROM sessions WHERE no = ?"),
    NO_PROGRESS(26, "DELETE FROM progress WHERE session_no = ?"),
    NO_LABELS(27, "DELETE FROM labels WHERE session_no = ?"),
    NO_CUTS(28, "DELETE FROM cuts WHERE session_no = ?"),
    NO_INPUTS(
            29,
            "DELETE FROM inputs WHERE rowid IN"
                    + " (SELECT rowid FROM inputs WHERE session_no = ? ORDER BY track, n LIMIT ?)"),
    NO_EVENTS(30, part("events", "seq")),
    NO_ENTRIES(31, part("transcript", "i")),
    NO_EVENT_KEYS(32, part("event_keys", "hash")),
    NO_CONTEXT_KEYS(33, part("context_keys", "key")),
    NO_ENVELOPES(34, part("outbox", "n")),
    NO_FAILED_INPUTS(
            35,
            "DELETE FROM failed_inputs WHERE session_no = ?1 AND (track, n) IN"
                    + " (SELECT track, n FROM failed_inputs WHERE session_no = ?1 ORDER BY track, n LIMIT ?2)"),
    NO_HANDLE_REPLIES(
            36,
            "DELETE FROM handle_replies WHERE session_no = ?1 AND id IN"
                    + " (SELECT id FROM handle_replies WHERE session_no = ?1 ORDER BY id LIMIT ?2)"),
    /** Those that a session which is being deleted has sent. */
    NO_REQUESTS(
            37,
            "DELETE FROM requests WHERE id IN (SELECT id FROM requests"
                    + " WHERE requester = (SELECT id FROM deleted WHERE session_no = ?) ORDER BY id LIMIT ?)"),
    DELETED_ROWS(38, "UPDATE deleted SET id = NULL WHERE session_no = ? AND id IS NOT NULL"),
    DELETED_ALL(39, "DELETE FROM deleted WHERE session_no = ?"),
    RETAINED(40, "UPDATE sessions SET retained = 1 WHERE no = ?"),
    CUT(41, "INSERT OR REPLACE INTO cuts (session_no, events, entries) VALUES (?, ?, ?)"),
    CUT_EVENTS(42, "DELETE FROM events WHERE session_no = ? AND seq <= ?"),
    CUT_ENTRIES(43, "DELETE FROM transcript WHERE session_no = ? AND i < ?"),
    NO_INPUT(44, "DELETE FROM inputs WHERE session_no = ? AND track = ? AND n = ?"),
    NO_KEY_OF_INPUT(45, "DELETE FROM event_keys WHERE session_no = ? AND hash = ? AND n = ?"),
    NO_FAILED_INPUT(46, "DELETE FROM failed_inputs WHERE session_no = ? AND track = ? AND n = ?"),
    /** One that comes from another store; its name may be another's now. */
    NEW_ARCHIVED_SESSION(
            47,
            "INSERT INTO sessions (no, id, archived, keep_alive, created_at, realm, comms_name, seed, spec)"
                    + " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)"),
    DEADLINE(48, "UPDATE requests SET deadline = ? WHERE id = ?"),
    /** Fewer events of a step. */
    EVENTS_LEFT(49, "UPDATE events SET body = ? WHERE session_no = ? AND seq = ?"),
    /** The journal goes on in another segment. */
    SEGMENT(64, "UPDATE meta SET segment = ?");

    /** So many rows are inserted at once. */
    static final int TOGETHER = 8;

    private static final String VALUES = " VALUES ";
    private static final Map<Integer, RowChange> BY_CODE =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(change -> (int) change.code, change -> change));

    /** What stands for it in the journal. */
    final byte code;

    final String sql;

    /** The same for {@link #TOGETHER} rows, with the arguments of all of them; null if it is no plain insert. */
    final @Nullable String together;

    RowChange(int code, String sql) {
        this.code = (byte) code;
        this.sql = sql;
        this.together = together(sql);
    }

    private static @Nullable String together(String sql) {
        int values = sql.indexOf(VALUES + "(?, ");
        return values < 0 ? null : sql + (", " + sql.substring(values + VALUES.length())).repeat(TOGETHER - 1);
    }

    /** Deletes the first rows of a session, up to a number of them. */
    private static String part(String table, String key) {
        return "DELETE FROM " + table + " WHERE session_no = ?1 AND " + key + " IN (SELECT " + key + " FROM " + table
                + " WHERE session_no = ?1 ORDER BY " + key + " LIMIT ?2)";
    }

    /** The statement that a code stands for. */
    static RowChange of(byte code) {
        RowChange change = BY_CODE.get((int) code);
        if (change == null) {
            throw new IllegalArgumentException("there is no statement " + code);
        }
        return change;
    }
}
