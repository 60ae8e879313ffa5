package dev.meerkat.webhooks;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Positions in tables of PostgreSQL, for processes that share their sessions there. One process at a time tells each target;
 * another one goes on if it ends, or says nothing for a minute. The tables keep which process that is, by the clock of the
 * database. A process that has lost a target may still write a position: a position never goes back. Thread-safe.
 */
public final class PostgresPositions implements NotificationPositions {
    /** Longer than sending a notification can take. */
    static final Duration CLAIM = Duration.ofSeconds(60);

    /** How the server says that it has ended a transaction for another one. */
    private static final Set<String> VICTIM = Set.of("40001", "40P01");

    private static final int ATTEMPTS = 10;
    private static final String SCRIPT = "notifications.sql";
    /** Read from the catalogue: {@code to_regclass} may still say what it said before another process made the table. */
    private static final String IS_THERE = "SELECT EXISTS (SELECT FROM pg_tables"
            + " WHERE tablename = 'meerkat_notification_claim' AND schemaname = ANY (current_schemas(false)))";

    static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('dev.meerkat.tables', 0))";
    private static final String BEGUN = "SELECT 1 FROM meerkat_notification_target WHERE name = ?";
    private static final String READ = "SELECT session, position FROM meerkat_notification_position WHERE target = ?";
    private static final String BEGIN =
            "INSERT INTO meerkat_notification_target VALUES (?) ON CONFLICT (name) DO NOTHING";
    private static final String WRITE = "INSERT INTO meerkat_notification_position AS known VALUES (?, ?, ?)"
            + " ON CONFLICT (target, session) DO UPDATE SET position = greatest(known.position, EXCLUDED.position)";
    private static final String FORGET = "DELETE FROM meerkat_notification_position WHERE target = ? AND session = ?";
    private static final String CLAIMED = "INSERT INTO meerkat_notification_claim AS held"
            + " VALUES (?, ?, clock_timestamp() + ? * interval '1 millisecond')"
            + " ON CONFLICT (target) DO UPDATE SET owner = EXCLUDED.owner, held_until = EXCLUDED.held_until"
            + " WHERE held.owner = EXCLUDED.owner OR held.held_until < clock_timestamp()";
    private static final String RELEASE = "DELETE FROM meerkat_notification_claim WHERE target = ? AND owner = ?";

    private final DataSource source;
    private final Duration claim;
    private final UUID owner;

    private PostgresPositions(DataSource source, Duration claim, UUID owner) {
        this.source = source;
        this.claim = claim;
        this.owner = owner;
    }

    /**
     * Opens the positions of a database.
     *
     * @param source connects to the database, with the schema of the tables first in its search path; it is not closed.
     *     The tables are made if they are not there
     * @return the positions
     * @throws StoreException if the database cannot be used, or is no PostgreSQL
     */
    public static PostgresPositions open(DataSource source) {
        return open(source, CLAIM);
    }

    static PostgresPositions open(DataSource source, Duration claim) {
        UUID owner = in(source, connection -> {
            String product = connection.getMetaData().getDatabaseProductName();
            if (!product.equals("PostgreSQL")) {
                throw new StoreException("positions of notifications need PostgreSQL, and this is " + product, null);
            }
            try (Statement statement = connection.createStatement()) {
                if (!isTrue(statement, IS_THERE)) {
                    // Of several processes that start together, one makes the tables.
                    boolean unused = statement.execute(LOCK);
                    if (!isTrue(statement, IS_THERE)) {
                        unused = statement.execute(script());
                    }
                }
                try (ResultSet row = statement.executeQuery("SELECT gen_random_uuid()")) {
                    row.next();
                    return row.getObject(1, UUID.class);
                }
            }
        });
        return new PostgresPositions(source, claim, owner);
    }

    private static boolean isTrue(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static String script() {
        try (InputStream in = PostgresPositions.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + SCRIPT);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Map<SessionId, Cursor>> read(String target) {
        return in(source, connection -> {
            try (PreparedStatement begun = prepared(connection, BEGUN, target);
                    ResultSet row = begun.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
            }
            Map<SessionId, Cursor> positions = new HashMap<>();
            try (PreparedStatement read = prepared(connection, READ, target);
                    ResultSet rows = read.executeQuery()) {
                while (rows.next()) {
                    positions.put(new SessionId(rows.getObject(1, UUID.class)), new Cursor(rows.getLong(2)));
                }
            }
            return Optional.of(positions);
        });
    }

    @Override
    public void begin(String target, Map<SessionId, Cursor> positions) {
        boolean unused = in(source, connection -> {
            boolean isFirst = update(connection, BEGIN, target) > 0;
            if (isFirst) {
                for (Map.Entry<SessionId, Cursor> one : positions.entrySet()) {
                    update(
                            connection,
                            WRITE,
                            target,
                            one.getKey().value(),
                            one.getValue().sequence());
                }
            }
            return isFirst;
        });
    }

    @Override
    public void write(String target, SessionId session, Cursor position) {
        int unused = in(source, connection -> update(connection, WRITE, target, session.value(), position.sequence()));
    }

    @Override
    public void forget(String target, SessionId session) {
        int unused = in(source, connection -> update(connection, FORGET, target, session.value()));
    }

    @Override
    public boolean claim(String target) {
        return in(source, connection -> update(connection, CLAIMED, target, owner, claim.toMillis()) > 0);
    }

    @Override
    public void release(String target) {
        int unused = in(source, connection -> update(connection, RELEASE, target, owner));
    }

    /** What is done in one transaction. */
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** A transaction that the server ends for another one is run again: nothing of it is stored. */
    private static <T> T in(DataSource source, Work<T> work) {
        for (int i = 1; ; i++) {
            try {
                return once(source, work);
            } catch (SQLException e) {
                if (i == ATTEMPTS || !VICTIM.contains(String.valueOf(e.getSQLState()))) {
                    throw new StoreException(
                            "the positions of notifications cannot be read or written: " + e.getMessage(), e);
                }
            }
        }
    }

    private static <T> T once(DataSource source, Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            boolean before = connection.getAutoCommit();
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.run(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(before);
            }
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
