package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreLostException;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that writes, and the journal in front of it. One transaction stays open for many groups of writes:
 * each group is changed in it, then appended to the journal and synced, which makes it durable. The transaction is
 * committed now and then, without a sync. A connection that met a fault is thrown away, and the next one finds in the
 * journal what the database has not yet.
 *
 * <p>The journal is written to only within a transaction, so the lock of the database keeps two processes apart. What is
 * changed here needs the {@link #lock()}, also for those who only read.
 */
final class Writer {
    /** Both together change a page, so that it must be written, and leave it as it was. */
    private static final String PROBE_THERE = "UPDATE meta SET epoch = epoch + 1";

    private static final String PROBE_BACK = "UPDATE meta SET epoch = epoch - 1";
    private static final String EPOCH = "SELECT epoch FROM meta";
    private static final String APPLIED = "SELECT journal FROM meta";
    private static final String SEGMENT = "SELECT segment FROM meta";
    private static final String APPLY = "UPDATE meta SET journal = ?, segment = ?";
    private static final int OPENING_BUSY_MILLIS = 5_000;
    private static final int CHECKPOINT_PAGES = 4_000;
    private static final int CACHE_KIB = 64 << 10;

    /** What is done when nothing is written for a while: the transaction gets committed, then the journal emptied. */
    enum Rest {
        COMMIT,
        FOLD,
        NOTHING
    }

    private final StoreFile file;
    private final Settings settings;
    private final OpenFiles files;
    private final Journal journal;
    private final long epoch;
    private final ReentrantLock lock = new ReentrantLock(true);
    private @Nullable Tables tables;
    private int groups;
    private long committedLength;
    /** Whether there may be completed writes that only the open transaction, or the journal, has. */
    private volatile boolean ahead;

    private volatile boolean begun;

    private Writer(StoreFile file, Settings settings, Db db, OpenFiles files, Journal journal, long epoch) {
        this.file = file;
        this.settings = settings;
        this.files = files;
        this.journal = journal;
        this.epoch = epoch;
        this.tables = new Tables(db);
        this.committedLength = journal.length();
    }

    /** Opens the database, brings it to the newest version and to the end of its journal, and counts the opening. */
    static Writer open(StoreFile file, Settings settings) throws SQLException, IOException {
        Db db = Db.writing(file.path());
        Journal journal = new Journal(file, settings);
        try {
            prepare(db, file, settings, OPENING_BUSY_MILLIS);
            Schema.migrate(db, settings.migrations());
            db.begin();
            replay(db, journal);
            db.execute(PROBE_THERE);
            long epoch = db.number(EPOCH);
            journal.begin(settings.migrations().size());
            applied(db, journal.last(), journal.segment());
            db.commit();
            journal.dropOthers();
            db.execute("PRAGMA busy_timeout = " + settings.patience().busyMillis());
            db.execute("PRAGMA synchronous = NORMAL");
            return new Writer(file, settings, db, OpenFiles.of(file), journal, epoch);
        } catch (SQLException | IOException | RuntimeException e) {
            closing(journal, e);
            closing(db, e);
            throw e;
        }
    }

    private static void prepare(Db db, StoreFile file, Settings settings, int busyMillis) throws SQLException {
        db.execute("PRAGMA busy_timeout = " + busyMillis);
        Schema.check(db, file, settings.migrations());
        // From here on, it is known to be ours.
        String mode = db.text("PRAGMA journal_mode = WAL");
        if (!mode.equals("wal")) {
            throw file.failure("cannot be opened: no write-ahead log is possible there, only mode " + mode, null);
        }
        db.execute("PRAGMA synchronous = FULL");
        db.execute("PRAGMA foreign_keys = OFF");
        db.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        db.execute("PRAGMA cache_size = -" + CACHE_KIB);
        if (settings.maxPages() > 0) {
            db.execute("PRAGMA max_page_count = " + settings.maxPages());
        }
    }

    private static void replay(Db db, Journal journal) throws IOException, SQLException {
        journal.replay(db.number(APPLIED), db.number(SEGMENT), change -> {
            int unused = db.make(change);
        });
    }

    /** Refuses a database whose journal is damaged, before anything is changed. */
    static void checkJournal(Db db, StoreFile file) throws SQLException, IOException {
        if (db.number("PRAGMA user_version") >= Schema.WITH_JOURNAL) {
            new Journal(file, Settings.DEFAULT).replay(db.number(APPLIED), db.number(SEGMENT), change -> {});
        }
    }

    private static void applied(Db db, long last, long segment) throws SQLException {
        PreparedStatement apply = db.prepare(APPLY);
        apply.setLong(1, last);
        apply.setLong(2, segment);
        int unused = apply.executeUpdate();
    }

    /** Guards all but what is final. */
    ReentrantLock lock() {
        return lock;
    }

    /** Whether a read from another connection would miss completed writes. */
    boolean isAhead() {
        return ahead;
    }

    /** What is left to do when nothing is written for a while. */
    Rest rest() {
        if (begun) {
            return Rest.COMMIT;
        }
        return journal.length() > JournalRecord.SEGMENT_HEADER ? Rest.FOLD : Rest.NOTHING;
    }

    /** Does that. */
    void rest(Rest what) throws SQLException {
        switch (what) {
            case COMMIT -> commit();
            case FOLD -> fold();
            case NOTHING -> {}
        }
    }

    /** The number of this opening of the store. */
    long epoch() {
        return epoch;
    }

    OpenFiles files() {
        return files;
    }

    /**
     * Begins a transaction, unless one is open.
     *
     * @return what it works on
     * @throws StoreLostException if the store is not this opening's any more
     */
    Tables begin() throws SQLException {
        // What is written after the files are lost is surely not done; the look behind the sync leaves that open.
        journal.checkThere();
        if (tables != null) {
            files.check();
        }
        Tables current = opened();
        if (!journal.writable()) {
            fold();
        }
        if (!begun) {
            begin(current.db);
        }
        return current;
    }

    /** What reads and writes work on. Has everything that is in the journal, if need be in an open transaction. */
    Tables opened() throws SQLException {
        Tables current = tables;
        if (current == null) {
            current = renew();
        }
        return current;
    }

    private void begin(Db db) throws SQLException {
        db.begin();
        begun = true;
        groups = 0;
        long found = db.number(EPOCH);
        if (found != epoch) {
            throw new StoreLostException(
                    file.text("is lost: another process has opened it (opening number " + found
                            + "; this one is number " + epoch + "). Only one process may have it: stop one of the two"),
                    null);
        }
    }

    private Tables renew() throws SQLException {
        files.checkDatabase();
        Db db = Db.writing(file.path());
        try {
            prepare(db, file, settings, settings.patience().busyMillis());
            files.checkDatabase();
            files.logRenewed();
            db.execute("PRAGMA synchronous = NORMAL");
            begin(db);
            replay(db, journal);
            ahead = true;
            Tables renewed = new Tables(db);
            tables = renewed;
            return renewed;
        } catch (IOException e) {
            begun = false;
            closing(db, e);
            throw file.failure("cannot be opened again", e);
        } catch (SQLException | RuntimeException e) {
            begun = false;
            closing(db, e);
            throw e;
        }
    }

    private static void closing(AutoCloseable opened, Exception reason) {
        try {
            opened.close();
        } catch (Exception e) {
            reason.addSuppressed(e);
        }
    }

    /**
     * Makes the changes of a group durable.
     *
     * @throws Segment.NoRoomException if surely nothing is
     * @throws IOException if that is unknown
     * @throws StoreLostException as that
     */
    void append() throws IOException {
        List<Change> changes = current().db.changes();
        if (!changes.isEmpty()) {
            journal.append(changes);
            changes.clear();
            ahead = true;
            files.checkDatabase();
            journal.checkThere();
        }
        groups++;
    }

    /** Whether the transaction has grown so large that it should be committed. */
    boolean isDue() {
        return begun
                && (groups >= settings.rhythm().groups()
                        || journal.length() - committedLength
                                >= settings.rhythm().commitBytes());
    }

    /** Commits the transaction, if one is open, so that other connections see it; and begins a new segment in time. */
    void commit() throws SQLException {
        if (begun) {
            Tables current = opened();
            applied(current.db, journal.last(), journal.segment());
            settings.commit().commit(current.db);
            begun = false;
            ahead = false;
            committedLength = journal.length();
            files.check();
        }
        if (journal.length() >= settings.rhythm().segmentBytes()) {
            fold();
        }
    }

    /** Brings everything into the database for good, so that the journal begins anew. */
    void fold() throws SQLException {
        try {
            Db db = opened().db;
            if (begun) {
                applied(db, journal.last(), journal.segment());
                settings.commit().commit(db);
                begun = false;
                ahead = false;
            }
            db.execute("PRAGMA synchronous = FULL");
            begin(db);
            journal.begin(settings.migrations().size());
            committedLength = journal.length();
            applied(db, journal.last(), journal.segment());
            settings.commit().commit(db);
            begun = false;
            db.execute("PRAGMA synchronous = NORMAL");
            journal.dropOthers();
        } catch (IOException e) {
            throw new SQLException("the log cannot be begun anew: " + e.getMessage(), e);
        }
    }

    /** Writes a page and a record and commits, as any write would, but leaves everything as it was. */
    void probe() throws SQLException, IOException {
        Tables current = begin();
        current.db.execute(PROBE_THERE);
        current.db.execute(PROBE_BACK);
        journal.append(List.of());
        commit();
    }

    private Tables current() {
        Tables current = tables;
        if (current == null) {
            throw new IllegalStateException("no transaction was begun");
        }
        return current;
    }

    /** Throws the connection away, with all that is in its transaction; the journal has what was completed. */
    void abandon() {
        Tables current = tables;
        tables = null;
        begun = false;
        if (current != null) {
            try {
                current.db.close();
            } catch (SQLException e) {
                // It was broken before; SQLite takes back what it had begun.
            }
        }
    }

    /** Brings everything into the database, and leaves that alone behind. What fails leaves the journal. */
    void close() throws SQLException, IOException {
        try (journal) {
            finish(opened().db);
        } finally {
            abandon();
        }
    }

    private void finish(Db db) throws SQLException, IOException {
        files.check();
        if (begun) {
            applied(db, journal.last(), journal.segment());
            settings.commit().commit(db);
            begun = false;
            ahead = false;
        }
        db.execute("PRAGMA synchronous = FULL");
        begin(db);
        applied(db, journal.last(), 0);
        settings.commit().commit(db);
        begun = false;
        journal.close();
        journal.dropOthers();
    }
}
