package dev.meerkat.store.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteOpenMode;

/**
 * One connection and its prepared statements. After {@link #begin}, transactions begin by themselves
 * and end with {@link #commit} or {@link #rollback}. Not thread-safe.
 */
final class Db implements AutoCloseable {
    private static final int READ_ONLY = SQLiteOpenMode.READONLY.flag;
    private static final int READ_WRITE = SQLiteOpenMode.READWRITE.flag | SQLiteOpenMode.CREATE.flag;
    /** A connection is used by one thread at a time, so SQLite need not lock it. */
    private static final int ALWAYS = SQLiteOpenMode.OPEN_URI.flag | SQLiteOpenMode.NOMUTEX.flag;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private long updates;

    private Db(Connection connection) {
        this.connection = connection;
    }

    static Db open(Path file, boolean readOnly) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("open_mode", Integer.toString(ALWAYS | (readOnly ? READ_ONLY : READ_WRITE)));
        // Else the driver asks for the new row's number after every insert, which takes as long as the insert.
        properties.setProperty("jdbc.get_generated_keys", "false");
        // A URI, because the driver would take a question mark in a plain path for its own.
        return new Db(JDBC.createConnection("jdbc:sqlite:" + file.toUri(), properties));
    }

    /** From now on, statements run in transactions; settings that cannot be made in one come before. */
    void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    /** A statement by its text, which must be one of few constants: all are kept. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = prepareOnce(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /** A statement that the caller closes. */
    PreparedStatement prepareOnce(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /** Runs a statement that changes rows. */
    int update(PreparedStatement statement) throws SQLException {
        int rows = statement.executeUpdate();
        updates += rows;
        return rows;
    }

    /** How many rows were ever changed. */
    long updates() {
        return updates;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
