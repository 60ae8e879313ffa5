package dev.meerkat.store.jdbc;

import dev.meerkat.api.StoreException;
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

    /** Reads from one state of the database. */
    @FunctionalInterface
    interface Query<T extends @Nullable Object> {
        T run(Db db) throws SQLException;
    }

    private final StoreFile file;
    private final BlockingQueue<Db> idle;
    private final int count;
    private volatile boolean closed;

    private Readers(StoreFile file, List<Db> connections) {
        this.file = file;
        this.count = connections.size();
        this.idle = new ArrayBlockingQueue<>(count, false, connections);
    }

    static Readers open(StoreFile file, int count) throws SQLException {
        List<Db> connections = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Db db = Db.open(file.path(), true);
                connections.add(db);
                db.begin();
            }
            return new Readers(file, connections);
        } catch (SQLException e) {
            for (Db db : connections) {
                db.close();
            }
            throw e;
        }
    }

    <T extends @Nullable Object> T read(Query<T> query) {
        Db db = borrow();
        try {
            try {
                return query.run(db);
            } finally {
                db.rollback();
            }
        } catch (SQLException e) {
            throw file.failure("cannot be read", e);
        } catch (StoreException e) {
            throw file.failure("has a damaged row", e);
        } finally {
            idle.add(db);
        }
    }

    private Db borrow() {
        if (closed) {
            throw file.failure("is closed", null);
        }
        // Without waiting first, so that an interrupted thread can read as long as it need not wait.
        Db db = idle.poll();
        try {
            db = db == null ? idle.poll(WAIT_SECONDS, TimeUnit.SECONDS) : db;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw file.failure("was not read: interrupted while waiting for a connection", e);
        }
        if (db == null) {
            throw file.failure("was not read: no connection was free for " + WAIT_SECONDS + " seconds", null);
        }
        if (closed) {
            idle.add(db);
            throw file.failure("is closed", null);
        }
        return db;
    }

    /** Closes all connections; one that is in use is waited for, but not for ever. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (int i = 0; i < count; i++) {
            Db db = null;
            try {
                db = idle.poll(interrupted ? 0 : CLOSE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            close(db == null ? idle.poll() : db);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(@Nullable Db db) {
        try {
            if (db == null) {
                LOG.warn("a read of {} goes on while the store is closed", file.path());
            } else {
                db.close();
            }
        } catch (SQLException e) {
            LOG.warn("closing a connection to {} failed", file.path(), e);
        }
    }
}
