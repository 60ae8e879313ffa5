package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the writes of a group must know before they are done: gathered from all of them, and looked up at once, after the
 * sessions are locked, so that nobody changes it any more. Each look-up is for one row of what was asked after the other
 * (LATERAL with LIMIT): left to itself, the planner begins with a table that it takes for small, and reads all of it. Confined
 * to the committer.
 */
final class Wanted {
    /** One statement, and of this transaction only. */
    private static final String BEGIN = "SELECT " + set("lock_timeout", "10000") + ", "
            + set("idle_in_transaction_session_timeout", "2000") + ", " + set("statement_timeout", "20000");
    /**
     * All that is asked here finds single rows by an index. A plan that is kept must not be made for tables that are still
     * small, and none is worth being compiled, which the server thinks of plans with what is off.
     */
    static final String BEGIN_PREPARED = BEGIN + ", " + set("plan_cache_mode", "force_generic_plan") + ", "
            + set("enable_seqscan", "off") + ", " + set("enable_hashjoin", "off") + ", "
            + set("enable_mergejoin", "off") + ", " + set("jit", "off");

    static final String ALIVE = "UPDATE $.node SET batch = ? WHERE id = ? AND NOT dead AND batch >= ? RETURNING 1";
    private static final String LOCK = "SELECT " + Hot.COLUMNS + ", c.id FROM $.session c JOIN $.state s ON s.no = c.no"
            + " WHERE c.id = ANY (?::uuid[]) ORDER BY s.no FOR NO KEY UPDATE OF s";
    private static final String[] PAIRS = {"uuid", "uuid"};
    private static final String INPUTS = "SELECT x.session, x.id, f.seq, f.waits, f.state FROM " + Table.unnest(PAIRS)
            + " x(session, id) JOIN $.session c ON c.id = x.session JOIN LATERAL ("
            + "SELECT i.seq, true AS waits, (SELECT d.state FROM $.failed_input d WHERE d.session_no = i.session_no"
            + " AND d.seq = i.seq) AS state FROM $.input i WHERE i.id = x.id AND i.session_no = c.no"
            + " UNION ALL SELECT h.seq, false, NULL FROM $.handle_reply h WHERE h.id = x.id AND h.session_no = c.no"
            + " LIMIT 1) f ON true";
    private static final String KEYS = "SELECT x.session, x.hash, i.id, i.seq, i.body FROM " + Table.unnest(PAIRS)
            + " x(session, hash) JOIN $.session c ON c.id = x.session JOIN LATERAL (SELECT k.seq FROM $.event_key k"
            + " WHERE k.session_no = c.no AND k.hash = x.hash LIMIT 1) k ON true JOIN LATERAL (SELECT j.id, j.seq, j.body"
            + " FROM $.input j WHERE j.session_no = c.no AND j.seq = k.seq LIMIT 1) i ON true";
    /** The dead letters of the turns of those that are asked for, by their ids or by their keys. */
    private static final String DEAD_ROWS = " JOIN LATERAL (SELECT f.seq, f.body FROM $.failed_input f"
            + " WHERE f.session_no = c.no AND f.state = 2 AND f.turn = t.turn OFFSET 0) f ON true JOIN LATERAL ("
            + "SELECT j.seq, j.at, j.id, j.body FROM $.input j WHERE j.session_no = c.no AND j.seq = f.seq LIMIT 1) i"
            + " ON true";

    private static final String DEAD_COLUMNS =
            "SELECT DISTINCT ON (x.session, i.seq) x.session, f.body, i.seq, i.at, i.id," + " i.body FROM ";
    private static final String DEAD_BY_ID = DEAD_COLUMNS + Table.unnest(PAIRS)
            + " x(session, id) JOIN $.session c ON c.id = x.session JOIN LATERAL (SELECT d.turn FROM ("
            + "SELECT j.session_no, j.seq FROM $.input j WHERE j.id = x.id AND j.session_no = c.no LIMIT 1) k"
            + " JOIN $.failed_input d ON d.session_no = k.session_no AND d.seq = k.seq AND d.state = 2 LIMIT 1) t ON true"
            + DEAD_ROWS
            + " ORDER BY x.session, i.seq";
    private static final String DEAD_BY_KEY = DEAD_COLUMNS + Table.unnest(PAIRS)
            + " x(session, hash) JOIN $.session c ON c.id = x.session JOIN LATERAL (SELECT d.turn FROM ("
            + "SELECT j.session_no, j.seq FROM $.event_key j WHERE j.session_no = c.no AND j.hash = x.hash LIMIT 1) k"
            + " JOIN $.failed_input d ON d.session_no = k.session_no AND d.seq = k.seq AND d.state = 2 LIMIT 1) t ON true"
            + DEAD_ROWS
            + " ORDER BY x.session, i.seq";
    private static final String REQUESTS = "SELECT id, requester, responder, to_handle, reply IS NOT NULL"
            + " FROM $.request WHERE id = ANY (?::uuid[])";
    private static final String ENVELOPES = "SELECT x.session, x.id FROM " + Table.unnest(PAIRS)
            + " x(session, id) JOIN $.session c ON c.id = x.session"
            + " JOIN LATERAL (SELECT 1 FROM $.outbox o WHERE o.session_no = c.no AND o.id = x.id LIMIT 1) o ON true";
    private static final String CONTEXT_KEYS = "SELECT x.session, x.key, k.digest FROM "
            + Table.unnest("uuid", "bytea") + " x(session, key) JOIN $.session c ON c.id = x.session"
            + " JOIN LATERAL (SELECT y.digest FROM $.context_key y WHERE y.session_no = c.no AND y.key = x.key LIMIT 1)"
            + " k ON true";
    private static final String NAMES = "SELECT x.realm, x.name, s.id FROM " + Table.unnest("bytea", "bytea")
            + " x(realm, name) JOIN LATERAL (SELECT y.id FROM $.session y WHERE y.realm = x.realm"
            + " AND y.comms_name = x.name AND NOT y.archived LIMIT 1) s ON true";
    private static final String OWNERS = "SELECT shard, owner, epoch FROM $.shard WHERE shard = ANY (?::int2[])";
    private static final String CONSUMED_BYTES = "SELECT c.id, i.bytes FROM " + Table.unnest("uuid")
            + " x(id) JOIN $.session c ON c.id = x.id JOIN LATERAL (SELECT t.no, t.consumed_4 FROM $.state t"
            + " WHERE t.no = c.no LIMIT 1) s ON true JOIN LATERAL (SELECT j.bytes FROM $.input j"
            + " WHERE j.session_no = s.no AND j.track = 4 AND j.n = s.consumed_4 LIMIT 1) i ON true";
    private static final String SCHEDULES = "SELECT x.session, x.id, q.due, q.body,"
            + " (SELECT count(*) FROM $.schedule n WHERE n.session_no = c.no) FROM " + Table.unnest(PAIRS)
            + " x(session, id) JOIN $.session c ON c.id = x.session LEFT JOIN LATERAL (SELECT s.due, s.body"
            + " FROM $.schedule s WHERE s.session_no = c.no AND s.id = x.id LIMIT 1) q ON true";
    private static final String NUMBERS = "SELECT nextval('$.session_numbers') FROM generate_series(1, ?)";

    private final Set<SessionId> sessions = new LinkedHashSet<>();
    private final Table inputs = new Table(INPUTS, PAIRS);
    private final Table keys = new Table(KEYS, PAIRS);
    private final Table deadById = new Table(DEAD_BY_ID, PAIRS);
    private final Table deadByKey = new Table(DEAD_BY_KEY, PAIRS);
    private final Table requests = new Table(REQUESTS, "uuid");
    private final Table envelopes = new Table(ENVELOPES, PAIRS);
    private final Table contextKeys = new Table(CONTEXT_KEYS, "uuid", "bytea");
    private final Table names = new Table(NAMES, "bytea", "bytea");
    /** Shards whose owners must be known. */
    private final Set<Integer> shards = new LinkedHashSet<>();
    /** Sessions whose waiting external bytes must be known. */
    private final Set<SessionId> externalBytes = new LinkedHashSet<>();

    private final Table schedules = new Table(SCHEDULES, PAIRS);

    private int numbers;

    private static String set(String parameter, String value) {
        return "set_config('" + parameter + "', '" + value + "', true)";
    }

    void session(SessionId id) {
        sessions.add(id);
    }

    void input(SessionId session, InputId id) {
        inputs.row(session.value(), id.value());
    }

    /** A key, and whether it is a dead letter's. */
    void key(SessionId session, UUID hash) {
        keys.row(session.value(), hash);
        deadByKey.row(session.value(), hash);
    }

    void deadLetter(SessionId session, InputId id) {
        deadById.row(session.value(), id.value());
    }

    void request(RequestId id) {
        requests.row(id.value());
    }

    void envelope(SessionId session, UUID id) {
        envelopes.row(session.value(), id);
    }

    void contextKey(SessionId session, String key) {
        contextKeys.row(session.value(), DbConnection.utf8(key));
    }

    void name(String realm, String name) {
        names.row(DbConnection.utf8(realm), DbConnection.utf8(name));
    }

    /** The owner of a session's shard. */
    void owner(SessionId session) {
        shards.add(Shards.of(session));
    }

    /** How many bytes the external events of a session have that wait. */
    void externalBytes(SessionId session) {
        externalBytes.add(session);
    }

    void schedule(SessionId session, ScheduleId id) {
        schedules.row(session.value(), id.value());
    }

    void number() {
        numbers++;
    }

    Set<SessionId> sessions() {
        return sessions;
    }

    /** Whether all that is looked up, but for sessions, is there only if an input was written before. */
    boolean onlyNewInputs() {
        return deadById.isEmpty()
                && requests.isEmpty()
                && envelopes.isEmpty()
                && contextKeys.isEmpty()
                && names.isEmpty()
                && shards.isEmpty()
                && schedules.isEmpty()
                && numbers == 0;
    }

    /**
     * Begins the transaction, locks the sessions in one order for all, and looks up the rest.
     *
     * @param proven the last batch of the node that is known to be stored
     * @return what is known, or null if the node was declared dead, or what was stored is not there
     */
    @Nullable
    Known lookUp(DbConnection db, UUID node, long batch, long proven) throws SQLException {
        Known known = new Known(node);
        boolean[] alive = {false};
        Statements script = new Statements();
        script.add(db.prepares() ? BEGIN_PREPARED : BEGIN);
        script.query(ALIVE, row -> alive[0] = true, batch, node, proven);
        DbConnection.Column ids = new DbConnection.Column("uuid");
        sessions.forEach(id -> ids.add(id.value()));
        if (!ids.isEmpty()) {
            script.query(LOCK, row -> hot(known, row), ids);
        }
        inputs.writeTo(script, row -> input(known, row));
        keys.writeTo(script, row -> key(known, row));
        deadById.writeTo(script, row -> dead(known, row));
        deadByKey.writeTo(script, row -> dead(known, row));
        requests.writeTo(
                script,
                row -> known.requests.put(
                        new RequestId(DbConnection.uuid(row, 1)),
                        new InboxRules.Asked(
                                new SessionId(DbConnection.uuid(row, 2)),
                                new SessionId(DbConnection.uuid(row, 3)),
                                row.getBoolean(4),
                                row.getBoolean(5))));
        envelopes.writeTo(
                script,
                row -> known.envelopes.add(
                        new Known.Of(new SessionId(DbConnection.uuid(row, 1)), DbConnection.uuid(row, 2))));
        contextKeys.writeTo(
                script,
                row -> known.contextKeys.put(
                        new Known.Text(new SessionId(DbConnection.uuid(row, 1)), text(row, 2)), text(row, 3)));
        names.writeTo(
                script,
                row -> known.names.put(
                        new Known.Name(text(row, 1), text(row, 2)), new SessionId(DbConnection.uuid(row, 3))));
        if (!shards.isEmpty()) {
            DbConnection.Column all = new DbConnection.Column("int2");
            shards.forEach(all::add);
            script.query(
                    OWNERS,
                    row -> known.owners.put(
                            row.getInt(1), new Known.Owner(row.getObject(2, UUID.class), row.getLong(3))),
                    all);
        }
        Table lanes = new Table(CONSUMED_BYTES, "uuid");
        externalBytes.forEach(id -> lanes.row(id.value()));
        lanes.writeTo(script, row -> known.consumedBytes.put(new SessionId(DbConnection.uuid(row, 1)), row.getLong(2)));
        schedules.writeTo(script, row -> schedule(known, row));
        if (numbers > 0) {
            script.query(NUMBERS, row -> known.numbers.add(row.getLong(1)), numbers);
        }
        script.run(db);
        return alive[0] ? known : null;
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return new String(row.getBytes(column), StandardCharsets.UTF_8);
    }

    private static void hot(Known known, ResultSet row) throws SQLException {
        SessionId id = new SessionId(row.getObject("id", UUID.class));
        known.sessions.put(id, Hot.read(id, row));
    }

    private static void input(Known known, ResultSet row) throws SQLException {
        int state = row.getInt(5);
        FailedInput.State failed = row.wasNull() ? null : StoredNumbers.state(state);
        known.inputs.put(
                new Known.Of(new SessionId(DbConnection.uuid(row, 1)), DbConnection.uuid(row, 2)),
                new Known.Input(row.getLong(3), row.getBoolean(4), failed));
    }

    private static void schedule(Known known, ResultSet row) throws SQLException {
        SessionId session = new SessionId(DbConnection.uuid(row, 1));
        known.schedules.found(session, row.getLong(5));
        byte[] body = row.getBytes(4);
        if (body != null) {
            ScheduleId id = new ScheduleId(DbConnection.uuid(row, 2));
            known.schedules.found(session, StoreCodec.decodeSchedule(body, id, StoredNumbers.instant(row.getLong(3))));
        }
    }

    private static void key(Known known, ResultSet row) throws SQLException {
        known.keys.put(
                new Known.Of(new SessionId(DbConnection.uuid(row, 1)), DbConnection.uuid(row, 2)),
                new InboxRules.AdmittedKey(
                        new InputId(DbConnection.uuid(row, 3)), new Cursor(row.getLong(4)), (InputBody.External)
                                StoreCodec.decodeInput(row.getBytes(5))));
    }

    private static void dead(Known known, ResultSet row) throws SQLException {
        FailedInput letter =
                StoreCodec.decodeFailed(row.getBytes(2), InputQueries.admitted(row, 3), FailedInput.State.DEAD);
        known.dead(new SessionId(DbConnection.uuid(row, 1)), letter);
    }
}
