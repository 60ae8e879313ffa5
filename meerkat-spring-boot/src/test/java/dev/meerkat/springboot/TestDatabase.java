package dev.meerkat.springboot;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A real PostgreSQL that this process starts and that ends with it, unless {@code MEERKAT_TEST_POSTGRES} names one. */
final class TestDatabase {
    private static final String URL = start();

    private TestDatabase() {}

    private static String start() {
        String given = System.getenv("MEERKAT_TEST_POSTGRES");
        if (given != null) {
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

    static String url() {
        return URL;
    }
}
