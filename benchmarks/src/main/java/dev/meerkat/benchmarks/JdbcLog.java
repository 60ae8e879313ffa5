package dev.meerkat.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The least that a durable append through SQL can be: one connection, one committing thread, one
 * table without further indexes, in WAL mode with a sync per commit.
 */
final class JdbcLog implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;
    private final GroupCommit commits;

    JdbcLog(Path file) throws SQLException {
        connection = open(file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table log (id integer primary key, payload blob not null)");
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("insert into log (payload) values (?)");
        commits = new GroupCommit(this::commit);
    }

    private static Connection open(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = full");
        }
        return connection;
    }

    void append(byte[] payload) throws InterruptedException {
        commits.append(payload);
    }

    /** Writes a group without another thread. */
    void commit(List<byte[]> payloads) throws SQLException {
        for (byte[] payload : payloads) {
            insert.setBytes(1, payload);
            insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
    }

    /** Opens a file and reads its first payloads; returns how many there were. */
    static int first(Path file, int limit) throws SQLException {
        try (Connection connection = open(file);
                PreparedStatement select = connection.prepareStatement("select payload from log order by id limit ?")) {
            select.setInt(1, limit);
            try (ResultSet rows = select.executeQuery()) {
                int count = 0;
                while (rows.next()) {
                    count += rows.getBytes(1).length > 0 ? 1 : 0;
                }
                return count;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        commits.close();
        insert.close();
        connection.close();
    }
}
