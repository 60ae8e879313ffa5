package dev.meerkat.springboot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Tables of Meerkat among those of the application, with transactions of their own. Thread-safe. */
final class OwnTables {
    static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('dev.meerkat.tables', 0))";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    OwnTables(DataSource source) {
        this.jdbc = new JdbcTemplate(source);
        this.transactions = new TransactionTemplate(new DataSourceTransactionManager(source));
        transactions.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    TransactionTemplate transactions() {
        return transactions;
    }

    /**
     * Runs a script if a table of it is not there; of several processes that start together, one does.
     *
     * @param property what asks for it, for people
     */
    void create(String table, String script, String property) {
        transactions.executeWithoutResult(status -> {
            String product = jdbc.execute(
                    (Connection connection) -> connection.getMetaData().getDatabaseProductName());
            if (!"PostgreSQL".equals(product)) {
                throw new IllegalStateException(property + " needs PostgreSQL, and the DataSource has " + product);
            }
            if (!isThere(table)) {
                jdbc.execute(LOCK);
                if (!isThere(table)) {
                    jdbc.execute(read(script));
                }
            }
        });
    }

    /** Reads the catalogue: {@code to_regclass} may still say what it said before another process made the table. */
    private boolean isThere(String table) {
        return Boolean.TRUE.equals(jdbc.queryForObject(
                "SELECT EXISTS (SELECT FROM pg_tables WHERE tablename = ? AND schemaname = ANY (current_schemas(false)))",
                Boolean.class,
                table));
    }

    private static String read(String script) {
        try (InputStream in = OwnTables.class.getResourceAsStream(script)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + script);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
