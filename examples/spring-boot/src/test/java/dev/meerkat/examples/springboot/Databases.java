package dev.meerkat.examples.springboot;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Databases of a PostgreSQL that is started once, and ends with this process. */
final class Databases {
    private static final EmbeddedPostgres POSTGRES = postgres();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Databases() {}

    private static EmbeddedPostgres postgres() {
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", "off")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The arguments of an application whose sessions are in a new database. */
    static List<String> createOne() throws SQLException {
        String name = "triage" + COUNT.incrementAndGet();
        try (Connection connection = POSTGRES.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return List.of(
                "--spring.profiles.active=postgresql",
                "--meerkat.store.lease=3s",
                "--spring.datasource.url=" + POSTGRES.getJdbcUrl("postgres", name));
    }
}
