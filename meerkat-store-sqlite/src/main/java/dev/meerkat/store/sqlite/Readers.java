package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreLostException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few connections that only read, each used by one thread at a time. Thread-safe. */
final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final long WAIT_SECONDS = 30;
    private static final long CLOSE_SECONDS = 10;
    private static final int BUSY_MILLIS = 5_000;

    /** Reads from one state of the database. */
    @FunctionalInterface
    interface Query<T extends @Nullable Object> {
        T run(Db db) throws SQLException;
    }

    /** A connection, or room for one that has to be opened; with one thread at a time. */
    private static final class Slot {
        @Nullable
        Db db;
    }

    private final StoreFile file;
    private final Follower follower;
    private final BlockingQueue<Slot> idle;
    private final int count;
    private volatile @Nullable StoreException end;

    private Readers(StoreFile file, Follower follower, int count) {
        this.file = file;
        this.follower = follower;
        this.count = count;
        this.idle = new ArrayBlockingQueue<>(count, false);
    }

    static Readers open(StoreFile file, Follower follower, int count) throws SQLException {
        Readers readers = new Readers(file, follower, count);
        for (int i = 0; i < count; i++) {
            readers.idle.add(new Slot());
        }
        readers.read(db -> true);
        return readers;
    }

    <T extends @Nullable Object> T read(Query<T> query) {
        checkOpen();
        try {
            return follower.isAhead() ? readAhead(query) : readAside(query);
        } catch (SQLException e) {
            throw file.failure("cannot be read", e);
        } catch (StoreLostException e) {
            throw e;
        } catch (StoreException e) {
            throw new StoreException(file.text(String.valueOf(e.getMessage())), e);
        } catch (RuntimeException e) {
            throw file.failure("has a damaged row", e);
        }
    }

    /**
     * Reads for long, from one state of the database that has every completed write, while others go on. Faults of the one who
     * is told pass as they are.
     */
    <T extends @Nullable Object> T export(Query<T> query) {
        checkOpen();
        try {
            Slot slot = borrow();
            try {
                Db db = slot.db == null ? opened() : slot.db;
                slot.db = null;
                T result = export(db, query);
                slot.db = db;
                return result;
            } finally {
                idle.add(slot);
            }
        } catch (SQLException e) {
            throw file.failure("cannot be read", e);
        } catch (StoreLostException e) {
            throw e;
        } catch (StoreException e) {
            throw new StoreException(file.text(String.valueOf(e.getMessage())), e);
        }
    }

    private <T extends @Nullable Object> T export(Db db, Query<T> query) throws SQLException {
        boolean done = false;
        try {
            beginExport(db);
            T result = query.run(db);
            db.rollback();
            done = true;
            return result;
        } finally {
            if (!done) {
                close(db);
            }
        }
    }

    /** Begins a transaction that sees what is completed now. */
    private void beginExport(Db db) throws SQLException {
        lock();
        try {
            Db unused = follower.caughtUp();
            follower.commit();
            db.beginReading();
            // It goes on seeing what its first read finds.
            long seen = db.number("SELECT epoch FROM meta");
            LOG.debug("exporting from {} in opening {}", file.path(), seen);
        } catch (SQLException | RuntimeException e) {
            follower.failed(e);
            throw e;
        } finally {
            follower.lock().unlock();
        }
    }

    /** Reads what the writer has not committed yet, between two groups of writes. */
    private <T extends @Nullable Object> T readAhead(Query<T> query) throws SQLException {
        lock();
        try {
            checkOpen();
            return follower.isAhead() ? query.run(follower.caughtUp()) : readAside(query);
        } catch (SQLException e) {
            // SQLite may have taken back the transaction.
            follower.abandon();
            throw e;
        } finally {
            follower.lock().unlock();
        }
    }

    /** Waits for a group of writes, also if the thread is interrupted: that takes as long as a sync. */
    private void lock() {
        boolean interrupted = false;
        boolean locked = follower.lock().tryLock();
        for (int i = 0; i < 2 && !locked; i++) {
            try {
                locked = follower.lock().tryLock(WAIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!locked) {
            throw file.failure("was not read: a write takes more than " + WAIT_SECONDS + " seconds", null);
        }
    }

    private <T extends @Nullable Object> T readAside(Query<T> query) throws SQLException {
        Slot slot = borrow();
        try {
            return read(slot, query);
        } finally {
            idle.add(slot);
        }
    }

    /** A connection that met a fault is thrown away, and the query made once more on another. */
    private <T extends @Nullable Object> T read(Slot slot, Query<T> query) throws SQLException {
        Db before = slot.db;
        if (before != null) {
            try {
                return read(before, query);
            } catch (SQLException e) {
                LOG.debug("a connection to {} failed, and is opened again", file.path(), e);
                slot.db = null;
                close(before);
            }
        }
        Db db = opened();
        try {
            T result = read(db, query);
            slot.db = db;
            return result;
        } finally {
            if (slot.db == null) {
                close(db);
            }
        }
    }

    private Db opened() throws SQLException {
        follower.files().checkDatabase();
        Db db = Db.reading(file.path());
        try {
            db.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
            return db;
        } catch (SQLException e) {
            close(db);
            throw e;
        }
    }

    private static <T extends @Nullable Object> T read(Db db, Query<T> query) throws SQLException {
        db.beginReading();
        try {
            return query.run(db);
        } finally {
            db.rollback();
        }
    }

    /** Closes the connections that are not in use; they are opened again when they are needed. */
    void renew() {
        List<Slot> slots = new ArrayList<>();
        idle.drainTo(slots);
        for (Slot slot : slots) {
            Db db = slot.db;
            slot.db = null;
            if (db != null) {
                close(db);
            }
        }
        idle.addAll(slots);
    }

    /** From now on, every read is refused. */
    void end(StoreException reason) {
        end = reason;
    }

    private Slot borrow() {
        checkOpen();
        // Without waiting first, so that an interrupted thread can read as long as it need not wait.
        Slot slot = idle.poll();
        try {
            slot = slot == null ? idle.poll(WAIT_SECONDS, TimeUnit.SECONDS) : slot;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw file.failure("was not read: interrupted while waiting for a connection", e);
        }
        if (slot == null) {
            throw file.failure("was not read: no connection was free for " + WAIT_SECONDS + " seconds", null);
        }
        try {
            checkOpen();
        } catch (StoreException e) {
            idle.add(slot);
            throw e;
        }
        return slot;
    }

    private void checkOpen() {
        StoreException reason = end;
        if (reason != null) {
            throw reason;
        }
    }

    /** Closes all connections; one that is in use is waited for, but not for ever. */
    @Override
    public void close() {
        end = file.failure("is closed", null);
        boolean interrupted = false;
        for (int i = 0; i < count; i++) {
            Slot slot = null;
            try {
                slot = idle.poll(interrupted ? 0 : CLOSE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            slot = slot == null ? idle.poll() : slot;
            if (slot == null) {
                LOG.warn("a read of {} goes on while the store is closed", file.path());
            } else if (slot.db != null) {
                close(slot.db);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(Db db) {
        try {
            db.close();
        } catch (SQLException e) {
            LOG.debug("closing a connection to {} failed", file.path(), e);
        }
    }
}
