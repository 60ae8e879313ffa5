package dev.meerkat.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteOpenMode;

/**
 * One connection and its prepared statements. Not thread-safe.
 *
 * <p>The driver is never told of transactions, so that each begins and ends by a statement of its own, and a failed
 * commit can be told from what follows it.
 */
final class Db implements AutoCloseable {
    private static final int READ_ONLY = SQLiteOpenMode.READONLY.flag;
    private static final int READ_WRITE = SQLiteOpenMode.READWRITE.flag;
    /** A connection is used by one thread at a time, so SQLite need not lock it. */
    private static final int ALWAYS = SQLiteOpenMode.OPEN_URI.flag | SQLiteOpenMode.NOMUTEX.flag;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Map<RowChange, PreparedStatement> updates = new EnumMap<>(RowChange.class);
    /** Those of {@link RowChange#together}. */
    private final Map<RowChange, PreparedStatement> inserts = new EnumMap<>(RowChange.class);

    private Db(Connection connection) {
        this.connection = connection;
    }

    /** A connection that reads and writes a file that exists. */
    static Db writing(Path file) throws SQLException {
        return open(file.toUri().toString(), READ_WRITE);
    }

    static Db reading(Path file) throws SQLException {
        return open(file.toUri().toString(), READ_ONLY);
    }

    /** A connection that looks at the database file alone, and leaves no trace beside it. */
    static Db readingAlone(Path file) throws SQLException {
        return open(file.toUri() + "?immutable=1", READ_ONLY);
    }

    private static Db open(String uri, int mode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("open_mode", Integer.toString(ALWAYS | mode));
        // Else the driver asks for the new row's number after every insert, which takes as long as the insert.
        properties.setProperty("jdbc.get_generated_keys", "false");
        // A URI, because the driver would take a question mark in a plain path for its own.
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + uri, properties);
        try {
            // Else the driver tries to begin and to commit after every statement.
            connection.setAutoCommit(false);
            Db db = new Db(connection);
            db.rollback();
            return db;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Begins a transaction that reads. */
    void beginReading() throws SQLException {
        run("BEGIN");
    }

    /** Begins a transaction that writes: waits for its lock before anything is read. */
    void begin() throws SQLException {
        run("BEGIN IMMEDIATE");
    }

    void commit() throws SQLException {
        run("COMMIT");
    }

    void rollback() throws SQLException {
        run("ROLLBACK");
    }

    private void run(String sql) throws SQLException {
        boolean unused = prepare(sql).execute();
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

    /** Makes a change that is in the journal, or will be. */
    void make(Change change) throws SQLException {
        make(updates, change.what().sql, List.of(change));
    }

    /** The same with changes in their order. Many rows of the same kind are inserted some at once, which takes less time. */
    void make(List<Change> changes) throws SQLException {
        int from = 0;
        while (from < changes.size()) {
            RowChange what = changes.get(from).what();
            int to = from + RowChange.TOGETHER;
            if (what.together != null
                    && to <= changes.size()
                    && changes.subList(from, to).stream().allMatch(change -> change.what() == what)) {
                make(inserts, what.together, changes.subList(from, to));
                from = to;
            } else {
                make(changes.get(from++));
            }
        }
    }

    private void make(Map<RowChange, PreparedStatement> kept, String sql, List<Change> changes) throws SQLException {
        RowChange what = changes.get(0).what();
        PreparedStatement statement = kept.get(what);
        if (statement == null) {
            statement = prepareOnce(sql);
            kept.put(what, statement);
        }
        int place = 1;
        for (Change change : changes) {
            for (Object argument : change.arguments()) {
                bind(statement, place++, argument);
            }
        }
        int unused = statement.executeUpdate();
    }

    private static void bind(PreparedStatement statement, int place, @Nullable Object argument) throws SQLException {
        if (argument == null) {
            statement.setNull(place, Types.NULL);
        } else if (argument instanceof byte[] bytes) {
            statement.setBytes(place, bytes);
        } else if (argument instanceof String text) {
            statement.setString(place, text);
        } else {
            statement.setLong(place, ChangeForm.number(argument));
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs a statement to its end, as one that has no rows and works all the same while it is read. */
    void toItsEnd(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int unused = statement.executeUpdate(sql);
        }
    }

    /** The first column of the first row. */
    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    /** The first column of the first row, by a statement that is kept. */
    long number(String sql) throws SQLException {
        try (ResultSet row = prepare(sql).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
