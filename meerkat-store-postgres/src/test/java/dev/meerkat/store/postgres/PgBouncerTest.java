package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes under load with PgBouncer in transaction mode between, where no hint comes through. The history is checked. */
class PgBouncerTest {
    private static final int EVENTS = 60;

    private final PostgresOptions options = TestServer.fresh().withLease(NodeChild.LEASE);

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    @Test
    void throughPgBouncerNothingIsLostWhenItIsKilledAndWhenANodeCloses(@TempDir Path directory) throws Exception {
        assumeThat(PgBouncer.isThere()).as("Debian's package pgbouncer").isTrue();
        Told told = new Told();
        Set<String> admitted;
        try (PgBouncer bouncer = PgBouncer.started(directory);
                HikariDataSource first = TestServer.pool(bouncer.url(), 10);
                HikariDataSource second = TestServer.pool(bouncer.url(), 10)) {
            History history = History.begin(second, options);
            try (LoadedNode b = new LoadedNode(second, options.withNodeName("b"), turn -> "ok", told)) {
                try (LoadedNode a = new LoadedNode(first, options.withNodeName("a"), turn -> "ok", told)) {
                    told.awaitMore(EVENTS);
                    bouncer.kill();
                    bouncer.start();
                    told.awaitMore(EVENTS);
                    a.stopSending();
                }
                told.awaitMore(EVENTS);
                b.stopSending();
                admitted = history.check();
            }
        }
        assertThat(admitted).containsAll(told.acknowledged());
    }
}
