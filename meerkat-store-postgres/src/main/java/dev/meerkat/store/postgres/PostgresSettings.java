package dev.meerkat.store.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What only tests set to anything but the defaults.
 *
 * @param waitingWrites most writes that wait
 * @param waitingBytes bytes of waiting writes beyond which no more are taken
 * @param groupWrites most writes of one transaction
 * @param groupBytes bytes beyond which a transaction takes no more writes
 * @param attempts how often a group is tried in all, while nothing of it can be stored
 * @param pause between two attempts
 * @param search how long the outcome of a lost COMMIT is looked for before it is told to be unknown
 * @param nanos a clock that nobody sets
 * @param commit commits a transaction
 */
record PostgresSettings(
        int waitingWrites,
        long waitingBytes,
        int groupWrites,
        long groupBytes,
        int attempts,
        Duration pause,
        Duration search,
        LongSupplier nanos,
        Commit commit,
        boolean serves,
        boolean hints) {
    static final PostgresSettings DEFAULT = new PostgresSettings(
            65_536,
            256L << 20,
            256,
            1L << 20,
            10,
            Duration.ofMillis(200),
            Duration.ofSeconds(15),
            System::nanoTime,
            (connection, last) -> last.send(),
            true,
            true);

    /** Sends the last message of a transaction; the place for faults. */
    @FunctionalInterface
    interface Commit {
        void commit(Connection connection, Last last) throws SQLException;
    }

    /** The writes of a transaction, with its COMMIT. */
    @FunctionalInterface
    interface Last {
        void send() throws SQLException;
    }

    PostgresSettings withWaiting(int writes, long bytes) {
        return new PostgresSettings(
                writes, bytes, groupWrites, groupBytes, attempts, pause, search, nanos, commit, serves, hints);
    }

    PostgresSettings withPatience(int tries, Duration between, Duration searching) {
        return new PostgresSettings(
                waitingWrites,
                waitingBytes,
                groupWrites,
                groupBytes,
                tries,
                between,
                searching,
                nanos,
                commit,
                serves,
                hints);
    }

    PostgresSettings withNanos(LongSupplier other) {
        return new PostgresSettings(
                waitingWrites,
                waitingBytes,
                groupWrites,
                groupBytes,
                attempts,
                pause,
                search,
                other,
                commit,
                serves,
                hints);
    }

    PostgresSettings withCommit(Commit other) {
        return new PostgresSettings(
                waitingWrites,
                waitingBytes,
                groupWrites,
                groupBytes,
                attempts,
                pause,
                search,
                nanos,
                other,
                serves,
                hints);
    }

    /** A node that owns no sessions. */
    PostgresSettings withoutSessions() {
        return new PostgresSettings(
                waitingWrites,
                waitingBytes,
                groupWrites,
                groupBytes,
                attempts,
                pause,
                search,
                nanos,
                commit,
                false,
                hints);
    }

    /** A node that hears nothing of what others tell. */
    PostgresSettings withoutHints() {
        return new PostgresSettings(
                waitingWrites,
                waitingBytes,
                groupWrites,
                groupBytes,
                attempts,
                pause,
                search,
                nanos,
                commit,
                serves,
                false);
    }
}
