package dev.meerkat.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A real PostgreSQL: the one whose JDBC URL, with user and password, is in {@code MEERKAT_TEST_POSTGRES}, or else one that
 * this process starts and that ends with it.
 */
public final class TestServer {
    static final String VARIABLE = "MEERKAT_TEST_POSTGRES";
    /** Schemas on a server that was given do not stay there. */
    private static final Queue<PostgresOptions> MADE = new ConcurrentLinkedQueue<>();

    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final HikariDataSource POOL = pool(url(), 40);

    private TestServer() {}

    private static String url() {
        String given = System.getenv(VARIABLE);
        if (given != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> MADE.forEach(TestServer::drop)));
            return given;
        }
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", "off")
                    .start()
                    .getJdbcUrl("postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A pool of connections. */
    public static HikariDataSource pool(String url, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
        return new HikariDataSource(config);
    }

    /** The pool that the tests share. */
    public static DataSource source() {
        return POOL;
    }

    /** The server's address. */
    public static String address() {
        return POOL.getJdbcUrl();
    }

    /** Options for a schema that no other test has. */
    public static PostgresOptions fresh() {
        PostgresOptions options = PostgresOptions.defaults()
                .withSchema("Test \"" + ProcessHandle.current().pid() + "\" " + SCHEMAS.incrementAndGet());
        MADE.add(options);
        return options;
    }

    /** Throws a schema away. */
    public static void drop(PostgresOptions options) {
        execute("DROP SCHEMA IF EXISTS " + DbConnection.quoted(options.schema()) + " CASCADE");
    }

    /** The first column of what a query finds. */
    static List<String> strings(String sql) {
        return strings(POOL, sql);
    }

    static List<String> strings(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (row.next()) {
                all.add(row.getString(1));
            }
            return all;
        } catch (SQLException e) {
            throw new AssertionError("the test's own query failed", e);
        }
    }

    /** Runs a statement. */
    public static void execute(String sql) {
        execute(POOL, sql);
    }

    static void execute(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("the test's own statement failed", e);
        }
    }
}
