package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The row of {@code state} of one session, locked, as the writes of a group change it. Confined to the committer. */
final class Hot {
    static final String COLUMNS = "s.no, s.archived, s.keep_alive, s.in_turn, s.version, s.last_seq, s.entries, s.sent,"
            + " s.unsettled, s.retried, s.external_bytes, s.admitted_0, s.admitted_1, s.admitted_2, s.admitted_3,"
            + " s.admitted_4, s.consumed_0, s.consumed_1, s.consumed_2, s.consumed_3, s.consumed_4, s.node, s.epoch";
    /** How many there are. */
    static final int COLUMN_COUNT = 23;

    private static final int ADMITTED = 12;
    private static final int CONSUMED = 17;
    private static final String[] NAMES = {
        "no",
        "archived",
        "keep_alive",
        "in_turn",
        "runnable",
        "version",
        "last_seq",
        "entries",
        "sent",
        "unsettled",
        "retried",
        "external_bytes",
        "admitted_0",
        "admitted_1",
        "admitted_2",
        "admitted_3",
        "admitted_4",
        "consumed_0",
        "consumed_1",
        "consumed_2",
        "consumed_3",
        "consumed_4",
        "node",
        "epoch",
        "shard",
        "progress"
    };
    private static final String[] TYPES = {
        "int8", "bool", "bool", "bool", "bool", "int8", "int8", "int8", "int8", "int8", "int8", "int8", "int8", "int8",
        "int8", "int8", "int8", "int8", "int8", "int8", "int8", "int8", "uuid", "int8", "int2", "bytea"
    };

    private static final String UPDATE = update();
    private static final String[] PROVING_TYPES = {
        "int8", "int8", "int8", "int8", "bool", "int8", "int8", "int8", "int8", "int8", "int8", "int8"
    };

    final SessionId id;
    final long no;
    boolean archived;
    boolean keepAlive;
    long version;
    long lastSeq;
    /** Entries of the transcript. */
    long entries;
    /** Envelopes that ever were in the outbox. */
    long sent;
    /** Envelopes that are there now. */
    long unsettled;
    /** Failed inputs that are tried again. */
    long retried;
    /** Bytes of all external events that it ever had. */
    long externalBytes;

    Marks admitted;
    private Marks consumed;
    private boolean inTurn;
    /** The node that has written the last step, and in which epoch of the shard. */
    private @Nullable UUID node;

    private long epoch;
    /** The stored progress, or null while it is as it was. */
    private byte @Nullable [] progress;

    private final boolean created;
    private boolean changed;
    /** Its last place when the group began. */
    private long lastBefore;

    private Hot(SessionId id, long no, boolean created, Marks admitted, Marks consumed) {
        this.id = id;
        this.no = no;
        this.created = created;
        this.admitted = admitted;
        this.consumed = consumed;
    }

    static Hot read(SessionId id, ResultSet row) throws SQLException {
        Hot hot = new Hot(id, row.getLong(1), false, marks(row, ADMITTED), marks(row, CONSUMED));
        hot.archived = row.getBoolean(2);
        hot.keepAlive = row.getBoolean(3);
        hot.inTurn = row.getBoolean(4);
        hot.version = row.getLong(5);
        hot.lastSeq = row.getLong(6);
        hot.lastBefore = hot.lastSeq;
        hot.entries = row.getLong(7);
        hot.sent = row.getLong(8);
        hot.unsettled = row.getLong(9);
        hot.retried = row.getLong(10);
        hot.externalBytes = row.getLong(11);
        hot.node = DbConnection.uuid(row, COLUMN_COUNT - 1);
        hot.epoch = row.getLong(COLUMN_COUNT);
        return hot;
    }

    /** The same row for another group, as this one leaves it. */
    Hot next() {
        Hot hot = new Hot(id, no, false, admitted, consumed);
        hot.archived = archived;
        hot.keepAlive = keepAlive;
        hot.inTurn = inTurn;
        hot.version = version;
        hot.lastSeq = lastSeq;
        hot.lastBefore = lastSeq;
        hot.entries = entries;
        hot.sent = sent;
        hot.unsettled = unsettled;
        hot.retried = retried;
        hot.externalBytes = externalBytes;
        hot.node = node;
        hot.epoch = epoch;
        return hot;
    }

    /** Whether it is the row that another group has left, and nobody has changed it since: see {@link #proving}. */
    boolean follows(Hot left) {
        return no == left.no && version == left.version && lastBefore == left.lastSeq && unsettled == left.unsettled;
    }

    /** Reads five columns, one for each track. */
    static Marks marks(ResultSet row, int firstColumn) throws SQLException {
        Marks marks = Marks.ZERO;
        for (Track track : Track.values()) {
            marks = marks.with(track, row.getLong(firstColumn + StoredNumbers.of(track)));
        }
        return marks;
    }

    static Hot create(SessionId id, long no, boolean keepAlive, byte[] progress) {
        Hot hot = new Hot(id, no, true, Marks.ZERO, Marks.ZERO);
        hot.keepAlive = keepAlive;
        hot.progress = progress;
        hot.changed = true;
        return hot;
    }

    /**
     * What a session that is taken in has besides its head.
     *
     * @param sent how many envelopes are in its outbox
     * @param retried how many failed inputs are tried again
     * @param externalBytes the running sum of the sizes of external events
     */
    record Counts(long sent, long retried, long externalBytes) {}

    /** A session that another store had. */
    static Hot restore(SessionPart.Head head, long no, Counts counts) {
        SessionProgress reached = head.standing().progress();
        Hot hot = new Hot(head.id(), no, true, head.admitted(), reached.consumed());
        hot.archived = head.standing().archived();
        hot.keepAlive = head.spec().keepAlive();
        hot.inTurn = reached.turn() != null;
        hot.version = head.standing().version();
        hot.lastSeq = head.log().last().sequence();
        hot.entries = head.log().messageCount();
        hot.sent = counts.sent();
        hot.unsettled = counts.sent();
        hot.retried = counts.retried();
        hot.externalBytes = counts.externalBytes();
        hot.progress = StoreCodec.encode(reached);
        return hot;
    }

    /** The place of the next event of its log. */
    long nextSeq() {
        changed = true;
        return ++lastSeq;
    }

    /** The number of the next input of a track. */
    long nextInput(Track track) {
        long n = admitted.get(track) + 1;
        admitted = admitted.with(track, n);
        return n;
    }

    void committed(SessionProgress reached, byte[] stored, UUID writer, long inEpoch) {
        node = writer;
        epoch = inEpoch;
        version++;
        consumed = reached.consumed();
        inTurn = reached.turn() != null;
        progress = stored;
        changed = true;
    }

    void settled() {
        unsettled--;
        changed = true;
    }

    /** A failed input has another state than before. */
    void failed(FailedInput.@Nullable State before, FailedInput.State now) {
        retried += (now.retried() ? 1 : 0) - (before != null && before.retried() ? 1 : 0);
        changed = true;
    }

    Cursor last() {
        return new Cursor(lastSeq);
    }

    boolean changed() {
        return changed;
    }

    boolean created() {
        return created;
    }

    /** How many inputs of each track wait. */
    Marks waiting() {
        Marks waiting = Marks.ZERO;
        for (Track track : Track.values()) {
            waiting = waiting.with(track, admitted.get(track) - consumed.get(track));
        }
        return waiting;
    }

    /** Whether a runtime that opens the store has something to do for it. */
    private boolean runnable() {
        boolean wakes = waits(Track.PROMPT)
                || (keepAlive && (waits(Track.QUEUED) || waits(Track.STEERED) || waits(Track.EXTERNAL)));
        return unsettled > 0 || (!archived && (inTurn || retried > 0 || wakes));
    }

    private boolean waits(Track track) {
        return admitted.get(track) > consumed.get(track);
    }

    /** The statement that inserts such rows, or updates them. */
    static Table table(boolean insert) {
        return insert
                ? Table.insert("state", String.join(" ", NAMES), String.join(" ", TYPES))
                : new Table(UPDATE, TYPES);
    }

    private static String update() {
        StringBuilder set = new StringBuilder("UPDATE $.state s SET ");
        StringBuilder columns = new StringBuilder("no");
        for (int i = 1; i < NAMES.length; i++) {
            String value = NAMES[i].equals("progress") ? "coalesce(u.progress, s.progress)" : "u." + NAMES[i];
            set.append(i == 1 ? "" : ", ").append(NAMES[i]).append(" = ").append(value);
            columns.append(", ").append(NAMES[i]);
        }
        return set + " FROM " + Table.unnest(TYPES) + " u(" + columns + ") WHERE s.no = u.no";
    }

    /**
     * The statement that updates rows which were not looked up, and only if they are as they were left: whatever changes a
     * row makes its version or its last place greater, or takes one from what is unsettled. It gives the number of rows.
     *
     * @param condition what must be true besides
     */
    static String proving(String condition) {
        return "UPDATE $.state s SET runnable = u.runnable, last_seq = u.last_seq, external_bytes = u.external_bytes,"
                + " admitted_0 = u.admitted_0, admitted_1 = u.admitted_1, admitted_2 = u.admitted_2,"
                + " admitted_3 = u.admitted_3, admitted_4 = u.admitted_4 FROM " + Table.unnest(PROVING_TYPES)
                + " u(no, last_before, version, unsettled, runnable, last_seq, external_bytes, admitted_0, admitted_1,"
                + " admitted_2, admitted_3, admitted_4) WHERE s.no = u.no AND s.last_seq = u.last_before"
                + " AND s.version = u.version AND s.unsettled = u.unsettled AND " + condition + " RETURNING 1";
    }

    /** The row of {@link #proving}. */
    void proveTo(List<DbConnection.Column> columns) {
        Object[] values = {
            no,
            lastBefore,
            version,
            unsettled,
            runnable(),
            lastSeq,
            externalBytes,
            admitted.prompt(),
            admitted.queued(),
            admitted.steered(),
            admitted.passive(),
            admitted.external()
        };
        for (int i = 0; i < values.length; i++) {
            columns.get(i).add(values[i]);
        }
    }

    /** Empty columns for {@link #proveTo}. */
    static List<DbConnection.Column> provingColumns() {
        return Stream.of(PROVING_TYPES).map(DbConnection.Column::new).toList();
    }

    void writeTo(Table table) {
        table.row(
                no,
                archived,
                keepAlive,
                inTurn,
                runnable(),
                version,
                lastSeq,
                entries,
                sent,
                unsettled,
                retried,
                externalBytes,
                admitted.prompt(),
                admitted.queued(),
                admitted.steered(),
                admitted.passive(),
                admitted.external(),
                consumed.prompt(),
                consumed.queued(),
                consumed.steered(),
                consumed.passive(),
                consumed.external(),
                node,
                epoch,
                Shards.of(id),
                progress);
    }
}
