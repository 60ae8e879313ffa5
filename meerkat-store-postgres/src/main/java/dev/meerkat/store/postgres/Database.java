package dev.meerkat.store.postgres;

import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the tables of one store. Every connection is given back as it came: nothing is set on it that outlives a
 * transaction, so that a pool in transaction mode may be between. Thread-safe.
 */
final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    /** How long an answer of the server is waited for, on connections that are held. */
    private static final int ANSWER_MILLIS = 30_000;

    /** How often a transaction is run that the server ends for another one. */
    static final int ATTEMPTS = 10;

    private static final int PAUSE_MILLIS = 10;

    private static final Executor SAME_THREAD = Runnable::run;

    /** Runs a transaction once. */
    @FunctionalInterface
    private interface Attempt<T extends @Nullable Object> {
        T run() throws SQLException;
    }

    /** Does something with a connection. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run(DbConnection db) throws SQLException;
    }

    private final DataSource source;
    private final String schema;
    private final String place;
    private volatile @Nullable StoreException end;
    /** Why the pool could not connect, until it can. */
    private volatile @Nullable SQLException refusal;

    Database(DataSource source, String schema) {
        this.source = source;
        this.schema = schema;
        this.place = place(source, schema);
    }

    private static String place(DataSource source, String schema) {
        try (Connection connection = source.getConnection()) {
            String url = String.valueOf(connection.getMetaData().getURL());
            // What follows may hold a password.
            String bare = url.replaceFirst("[?].*$", "")
                    .replaceFirst("//[^/@]*@", "//")
                    .replaceFirst("^jdbc:", "");
            return "schema " + schema + " of " + bare;
        } catch (SQLException e) {
            throw new StoreException("the store in schema " + schema + " cannot be reached: " + SqlFaults.reason(e), e);
        }
    }

    String schema() {
        return schema;
    }

    String place() {
        return place;
    }

    /** A pool says only once why it has no connection, and then for a while only that it has none. */
    private Connection connect() throws SQLException {
        try {
            Connection connection = source.getConnection();
            refusal = null;
            return connection;
        } catch (SQLException e) {
            SQLException known = refusal;
            if (e.getNextException() != null) {
                refusal = e.getNextException();
            } else if (known != null) {
                e.setNextException(known);
            }
            throw e;
        }
    }

    /** A connection with transactions, to be held by one thread. */
    DbConnection hold() throws SQLException {
        Connection connection = connect();
        try {
            connection.setNetworkTimeout(SAME_THREAD, ANSWER_MILLIS);
            PGConnection driver = connection.unwrap(PGConnection.class);
            int threshold = driver.getPrepareThreshold();
            // The driver would prepare even BEGIN and COMMIT.
            driver.setPrepareThreshold(0);
            connection.setAutoCommit(false);
            return new DbConnection(connection, schema, threshold, false);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * The same for one who does the same again and again. Its statements are prepared if the server itself is at the other
     * end: a pool between has process numbers of its own.
     */
    DbConnection holdPrepared() throws SQLException {
        DbConnection db = hold();
        boolean looked = false;
        try {
            int server =
                    db.first("SELECT pg_backend_pid()", row -> row.getInt(1)).orElseThrow();
            db.connection().commit();
            int told = db.connection().unwrap(PGConnection.class).getBackendPID();
            looked = true;
            return new DbConnection(db.connection(), schema, db.threshold(), server == told);
        } finally {
            if (!looked) {
                giveBack(db);
            }
        }
    }

    /** Gives a held connection back, in whatever state it is. */
    static void giveBack(@Nullable DbConnection db) {
        if (db == null) {
            return;
        }
        try (Connection connection = db.connection()) {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(true);
                if (db.prepares()) {
                    try (Statement statement = connection.createStatement()) {
                        boolean unused = statement.execute("DEALLOCATE ALL");
                    }
                }
                connection.unwrap(PGConnection.class).setPrepareThreshold(db.threshold());
                connection.setNetworkTimeout(SAME_THREAD, 0);
            }
        } catch (SQLException e) {
            LOG.debug("a connection was not given back well", e);
        }
    }

    /** Runs a transaction on a connection of its own. One that the server ends for another one is run again. */
    <T extends @Nullable Object> T transaction(Work<T> work) throws SQLException {
        return unlessVictim(() -> {
            DbConnection db = hold();
            try {
                T result = work.run(db);
                db.connection().commit();
                return result;
            } finally {
                giveBack(db);
            }
        });
    }

    /** Of transactions that wait for each other the server ends one: nothing of it is stored, and it may be run again. */
    private <T extends @Nullable Object> T unlessVictim(Attempt<T> attempt) throws SQLException {
        for (int i = 1; ; i++) {
            try {
                return attempt.run();
            } catch (SQLException e) {
                if (!SqlFaults.victim(e) || i == ATTEMPTS || interrupted(i)) {
                    throw e;
                }
                LOG.debug("a transaction in {} was ended for another one, and is run again", place, e);
            }
        }
    }

    /** Waits so long that two do not meet again and again; true if the caller is to wait for nothing. */
    private static boolean interrupted(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS * attempt));
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Reads; a connection that fails is replaced once. Where there is none, it is not waited for once more. */
    <T extends @Nullable Object> T read(Work<T> query) {
        checkOpen();
        try {
            SQLException failure;
            try (Connection connection = connect()) {
                try {
                    return query.run(new DbConnection(connection, schema, 0, false));
                } catch (SQLException e) {
                    failure = e;
                }
            }
            if (!SqlFaults.unavailable(failure) && !SqlFaults.lostRace(failure)) {
                throw failure;
            }
            LOG.debug("a read of {} failed, and is made again", place, failure);
            return once(query);
        } catch (SQLException e) {
            throw failure("cannot be read", e);
        } catch (StoreLostException e) {
            throw e;
        } catch (StoreException e) {
            throw new StoreException(text(String.valueOf(e.getMessage())), e);
        } catch (RuntimeException e) {
            throw failure("has a damaged row", e);
        }
    }

    /** Does something with a connection of its own, without a transaction and even if this store is not open any more. */
    <T extends @Nullable Object> T once(Work<T> work) throws SQLException {
        return unlessVictim(() -> {
            try (Connection connection = connect()) {
                return work.run(new DbConnection(connection, schema, 0, false));
            }
        });
    }

    /** Waits for a thread that is about to end. */
    static void join(Thread thread, long seconds) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(seconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on, every read is refused. */
    void end(StoreException reason) {
        end = reason;
    }

    void checkOpen() {
        StoreException reason = end;
        if (reason != null) {
            throw reason;
        }
    }

    String text(String problem) {
        return "the store in " + place + " " + problem;
    }

    StoreException failure(String problem, @Nullable Throwable cause) {
        return new StoreException(text(problem) + (cause == null ? "" : ": " + SqlFaults.reason(cause)), cause);
    }
}
