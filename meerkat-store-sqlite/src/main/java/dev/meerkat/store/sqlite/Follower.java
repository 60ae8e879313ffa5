package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreLostException;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database behind the journal, and the one connection that writes to it. What the journal has is made in the database
 * later, by a thread of its own, so that nobody who writes waits for SQLite. What reads here first makes what is missing.
 *
 * <p>One transaction stays open for many groups of writes, and is committed now and then, without a sync. A connection
 * that met a fault is thrown away, and the next one finds in the journal what the database has not yet. Everything but
 * what is volatile or final needs the {@link #lock()}.
 */
final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    /** Both together change a page, so that it must be written, and leave it as it was. */
    private static final String PROBE_THERE = "UPDATE meta SET epoch = epoch + 1";

    private static final String PROBE_BACK = "UPDATE meta SET epoch = epoch - 1";
    private static final String EPOCH = "SELECT epoch FROM meta";
    private static final String APPLIED = "SELECT journal FROM meta";
    private static final String SEGMENT = "SELECT segment FROM meta";
    private static final String APPLY = "UPDATE meta SET journal = ?";
    private static final String CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";
    private static final int OPENING_BUSY_MILLIS = 5_000;
    private static final int CHECKPOINT_PAGES = 4_000;
    private static final int CACHE_KIB = 64 << 10;
    private static final long MOST_BYTES_BEHIND = 8L << 20;
    /** It is woken at most so often for what it commits at once; what is less waits until it looks by itself. */
    private static final int WAKES_A_COMMIT = 128;

    private static final int HELPED_GROUPS = 2;
    private static final long STOP_SECONDS = 60;

    /**
     * The changes of one record of the journal.
     *
     * @param number its number
     * @param bytes its length in the journal
     * @param changes the changes; none that were made already
     */
    record Behind(long number, long bytes, List<Change> changes) {}

    private final StoreFile file;
    private final Settings settings;
    private final OpenFiles files;
    private final Journal journal;
    private final long epoch;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Queue<Behind> behind = new ConcurrentLinkedQueue<>();
    private final AtomicLong behindBytes = new AtomicLong();
    private final Semaphore work = new Semaphore(0);
    private @Nullable Db db;
    /** The last record whose changes are in the open transaction, or committed. */
    private long made;

    private int uncommittedGroups;
    private long uncommittedBytes;
    private long oldest;
    private volatile boolean begun;
    private volatile long completed;
    private volatile long committed;
    private volatile boolean stopped;
    /** Whether the file may have free pages that it should lose. */
    private volatile boolean shrinkable;

    private @Nullable Thread thread;

    private Follower(StoreFile file, Settings settings, OpenFiles files, Db db, Journal journal, long epoch)
            throws SQLException {
        this.file = file;
        this.settings = settings;
        this.files = files;
        this.journal = journal;
        this.epoch = epoch;
        this.db = db;
        this.made = journal.last();
        this.completed = journal.last();
        this.committed = journal.last();
        this.oldest = journal.segment();
        this.shrinkable = Vacuum.isDue(db);
    }

    /**
     * Opens the database, brings it to the newest version and to the end of its journal, and counts the opening. The
     * journal begins anew.
     */
    static Follower open(StoreFile file, Settings settings, Journal journal) throws SQLException, IOException {
        Db db = Db.writing(file.path());
        try {
            Vacuum.begin(db);
            prepare(db, file, settings, OPENING_BUSY_MILLIS);
            Schema.migrate(db, settings.migrations());
            db.begin();
            journal.goOnBehind(replay(db, file));
            db.execute(PROBE_THERE);
            long epoch = db.number(EPOCH);
            journal.begin(settings.migrations().size());
            applied(db, journal.last());
            begins(db, journal.segment());
            db.commit();
            Journal.dropSpare(file);
            journal.dropBefore(journal.segment());
            Vacuum.prepare(db);
            db.execute("PRAGMA busy_timeout = " + settings.patience().busyMillis());
            db.execute("PRAGMA synchronous = NORMAL");
            return new Follower(file, settings, OpenFiles.of(file), db, journal, epoch);
        } catch (SQLException | IOException | RuntimeException e) {
            closing(db, e);
            throw e;
        }
    }

    private static void prepare(Db db, StoreFile file, Settings settings, int busyMillis) throws SQLException {
        db.execute("PRAGMA busy_timeout = " + busyMillis);
        Schema.check(db, file, settings.migrations());
        // From here on, it is known to be ours.
        db.execute("PRAGMA secure_delete = ON");
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

    /** Makes what the journal has and the database has not; the number of the last record. */
    private static long replay(Db db, StoreFile file) throws IOException, SQLException {
        return Journal.replay(file, db.number(APPLIED), db.number(SEGMENT), db::make);
    }

    /** Refuses a database whose journal is damaged, before anything is changed. */
    static void checkJournal(Db db, StoreFile file) throws SQLException, IOException {
        if (db.number("PRAGMA user_version") >= Schema.WITH_JOURNAL) {
            long unused = Journal.replay(file, db.number(APPLIED), db.number(SEGMENT), change -> {});
        }
    }

    private static void applied(Db db, long last) throws SQLException {
        PreparedStatement apply = db.prepare(APPLY);
        apply.setLong(1, last);
        int unused = apply.executeUpdate();
    }

    private static void begins(Db db, long segment) throws SQLException {
        db.make(new Change(RowChange.SEGMENT, new Object[] {segment}));
    }

    /** Begins to follow on a thread of its own, which tells what goes wrong. */
    void start(Consumer<Throwable> problems) {
        Thread follows = new Thread(() -> follow(problems), "meerkat-store-follower");
        follows.setDaemon(true);
        thread = follows;
        follows.start();
    }

    /** Ends that thread; false if it does not end in time. */
    boolean stop() {
        stopped = true;
        work.release();
        Thread follows = thread;
        if (follows == null) {
            return true;
        }
        boolean interrupted = false;
        try {
            follows.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !follows.isAlive();
    }

    private void follow(Consumer<Throwable> problems) {
        while (!stopped) {
            try {
                boolean more = work.tryAcquire(settings.rhythm().commitMillis(), TimeUnit.MILLISECONDS);
                work.drainPermits();
                step(more);
            } catch (InterruptedException e) {
                // Nobody but stop() may end this thread, and it does not do so by interrupting.
                LOG.debug("interrupted while following the journal of {}", file.path());
            } catch (Throwable e) { // after a lack of memory too, the writer must hear of it
                problems.accept(e);
            }
        }
    }

    /** Makes what is behind, a group at a time, so that others get their turn; commits in time, or if all is quiet. */
    private void step(boolean more) throws SQLException {
        do {
            lock.lock();
            try {
                if (!behind.isEmpty()) {
                    makeNext(opened());
                }
                if (begun && isDue()) {
                    commit();
                    Db unused = opened();
                } else if (begun && !more && behind.isEmpty()) {
                    commit();
                }
            } catch (SQLException | RuntimeException | Error e) {
                failed(e);
                throw e;
            } finally {
                lock.unlock();
            }
        } while (!behind.isEmpty() && !stopped);
    }

    private boolean isDue() {
        return uncommittedGroups >= settings.rhythm().groups()
                || uncommittedBytes >= settings.rhythm().commitBytes();
    }

    /** Makes the changes of the first group that is behind. */
    private void makeNext(Db current) throws SQLException {
        Behind group = behind.peek();
        if (group == null) {
            return;
        }
        if (group.number() > made) {
            current.make(group.changes());
            made(group.number(), group.bytes());
        }
        behind.remove();
        behindBytes.addAndGet(-group.bytes());
    }

    private void made(long number, long bytes) {
        made = number;
        uncommittedGroups++;
        uncommittedBytes += bytes;
    }

    /** Guards the database. */
    ReentrantLock lock() {
        return lock;
    }

    /** The number of this opening of the store. */
    long epoch() {
        return epoch;
    }

    OpenFiles files() {
        return files;
    }

    /** Whether a read from another connection would miss completed writes. */
    boolean isAhead() {
        return completed > committed;
    }

    /** Whether so much is behind that who writes should help. */
    boolean isFarBehind() {
        return behindBytes.get() > MOST_BYTES_BEHIND;
    }

    /**
     * Sees to it that a transaction is open, which keeps other processes from writing.
     *
     * @throws StoreLostException if the files are not this opening's any more
     */
    void checkBegun() throws SQLException {
        if (begun) {
            try {
                files.check();
                return;
            } catch (StoreLostException e) {
                // Or the connection is being opened anew.
                LOG.debug("looking again", e);
            }
        }
        lock.lock();
        try {
            Db unused = opened();
            files.check();
        } catch (SQLException | RuntimeException e) {
            failed(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the changes of a record that is durable now. */
    void complete(Behind group) {
        long bytes = behindBytes.addAndGet(group.bytes());
        behind.add(group);
        completed = group.number();
        if (bytes >= settings.rhythm().commitBytes() / WAKES_A_COMMIT && work.availablePermits() == 0) {
            work.release();
        }
    }

    /** The same for a record whose changes are made already. */
    void completeMade(long number, long bytes) {
        made(number, bytes);
        completed = number;
    }

    /** The database with all completed writes, in an open transaction. */
    Db caughtUp() throws SQLException {
        Db current = opened();
        while (!behind.isEmpty()) {
            makeNext(current);
        }
        return current;
    }

    /** Makes a little of what is behind: who writes more than can follow writes slower, and is not held up for long. */
    void help() throws SQLException {
        lock.lock();
        try {
            Db current = opened();
            for (int i = 0; i < HELPED_GROUPS && !behind.isEmpty(); i++) {
                makeNext(current);
            }
        } catch (SQLException | RuntimeException e) {
            failed(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** What has gone wrong within the open transaction; one that only waited in vain for the lock is as good as before. */
    void failed(Throwable e) {
        if (!SqliteFaults.busy(e)) {
            abandon();
        }
    }

    /** The number of the last record that the database has, at least in the open transaction. */
    long made() {
        return made;
    }

    private Db opened() throws SQLException {
        Db current = db;
        if (current == null) {
            return renew();
        }
        if (!begun) {
            begin(current);
        }
        return current;
    }

    private void begin(Db current) throws SQLException {
        current.begin();
        begun = true;
        long found = current.number(EPOCH);
        if (found != epoch) {
            throw new StoreLostException(
                    file.text("is lost: another process has opened it (opening number " + found
                            + "; this one is number " + epoch + "). Only one process may have it: stop one of the two"),
                    null);
        }
    }

    private Db renew() throws SQLException {
        files.checkDatabase();
        Db renewed = Db.writing(file.path());
        try {
            prepare(renewed, file, settings, settings.patience().busyMillis());
            files.checkDatabase();
            files.logRenewed();
            renewed.execute("PRAGMA synchronous = NORMAL");
            begin(renewed);
            made = replay(renewed, file);
            db = renewed;
            return renewed;
        } catch (IOException e) {
            begun = false;
            closing(renewed, e);
            throw file.failure("cannot be opened again", e);
        } catch (SQLException | RuntimeException e) {
            begun = false;
            closing(renewed, e);
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

    /** Commits the transaction, if one is open, so that other connections see it. */
    void commit() throws SQLException {
        Db current = db;
        if (!begun || current == null) {
            return;
        }
        applied(current, made);
        settings.commit().commit(current);
        begun = false;
        committed = made;
        uncommittedGroups = 0;
        uncommittedBytes = 0;
        files.check();
        dropOld(current);
    }

    /** Deletes the segments that are not needed any more, once the database file itself has what is in them. */
    private void dropOld(Db current) throws SQLException {
        long first = current.number(SEGMENT);
        if (first > oldest && isCheckpointed(current)) {
            try {
                journal.dropBefore(first);
                oldest = first;
            } catch (IOException e) {
                throw new SQLException("old logs cannot be deleted: " + e.getMessage(), e);
            }
        }
    }

    /** Whether the write-ahead log is wholly in the database file; readers may keep it from that for a while. */
    private static boolean isCheckpointed(Db current) throws SQLException {
        try (ResultSet row = current.prepare(CHECKPOINT).executeQuery()) {
            return row.next() && row.getInt(1) == 0 && row.getInt(2) == row.getInt(3);
        }
    }

    /** Brings everything into the database for good, and says from which segment on there will be more. */
    void fold(long segment) throws SQLException {
        Db current = caughtUp();
        commit();
        current.execute("PRAGMA synchronous = FULL");
        begin(current);
        begins(current, segment);
        commit();
        current.execute("PRAGMA synchronous = NORMAL");
        shrinkable = Vacuum.isDue(current);
    }

    /** After a fold, leaves nothing of what was deleted in the logs; false if a reader is in the way. */
    boolean emptyLogs() throws SQLException {
        commit();
        Db current = db;
        if (current == null || !Vacuum.emptyLog(current)) {
            return false;
        }
        dropOld(current);
        return true;
    }

    /** Whether the file may have free pages that it should lose. */
    boolean isShrinkable() {
        return shrinkable;
    }

    /** Takes some of them away. */
    void shrink() throws SQLException {
        lock.lock();
        try {
            commit();
            Db current = db;
            shrinkable = current != null && Vacuum.shrink(current);
        } catch (SQLException | RuntimeException e) {
            failed(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Writes a page, but leaves it as it was. */
    void probe() throws SQLException {
        Db current = caughtUp();
        current.execute(PROBE_THERE);
        current.execute(PROBE_BACK);
    }

    /** Throws the connection away, with all that is in its transaction; the journal has what was completed. */
    void abandon() {
        Db current = db;
        db = null;
        begun = false;
        uncommittedGroups = 0;
        uncommittedBytes = 0;
        for (Behind group = behind.poll(); group != null; group = behind.poll()) {
            behindBytes.addAndGet(-group.bytes());
        }
        if (current != null) {
            try {
                current.close();
            } catch (SQLException e) {
                // It was broken before; SQLite takes back what it had begun.
            }
        }
    }
}
