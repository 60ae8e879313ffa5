package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@Timeout(120)
class OwnTablesTest {
    private static final String WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";

    @Test
    void ofProcessesThatMakeATableTogetherOneDoes() throws Exception {
        new JdbcTemplate(new DriverManagerDataSource(TestDatabase.url())).execute("CREATE SCHEMA together");
        DataSource source = new DriverManagerDataSource(TestDatabase.url() + "&currentSchema=together");
        List<CompletableFuture<Void>> made = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            boolean unused = statement.execute(OwnTables.LOCK);
            for (int i = 0; i < 3; i++) {
                made.add(CompletableFuture.runAsync(
                        () -> new OwnTables(source).create("meerkat_outbox", "outbox.sql", "a test"),
                        task -> new Thread(task, "makes").start()));
            }
            JdbcTemplate jdbc = new JdbcTemplate(source);
            while (jdbc.queryForObject(WAITING, Integer.class) != made.size()) {
                Thread.onSpinWait(); // until all have seen that the table is not there
            }
            connection.rollback();
        }
        for (CompletableFuture<Void> one : made) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(new JdbcTemplate(source).queryForObject("SELECT count(*) FROM meerkat_outbox", Integer.class))
                .isZero();
    }
}
