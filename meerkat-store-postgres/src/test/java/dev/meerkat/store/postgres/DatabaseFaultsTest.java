package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes under load whose database crashes, is replaced by a standby, or works for others too. The history is checked. */
@Tag("heavy")
class DatabaseFaultsTest {
    private static final int EVENTS = 60;

    private final PostgresOptions options =
            PostgresOptions.defaults().withSchema("faults").withLease(NodeChild.LEASE);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T closed(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private OwnServer server() throws Exception {
        return closed(OwnServer.started(directory.resolve("data")));
    }

    private HikariDataSource pool(String hosts, int size) {
        return closed(TestServer.pool(
                "jdbc:postgresql://" + hosts + "/postgres?user=postgres&targetServerType=primary&connectTimeout=2",
                size));
    }

    private LoadedNode node(HikariDataSource pool, String name) throws Exception {
        Told lines = new Told();
        told.add(lines);
        return closed(new LoadedNode(pool, options.withNodeName(name), turn -> "ok", lines));
    }

    private void goOn() throws InterruptedException {
        for (Told lines : told) {
            lines.awaitMore(EVENTS);
        }
    }

    private static void stop(LoadedNode... nodes) throws Exception {
        for (LoadedNode node : nodes) {
            node.stopSending();
        }
    }

    private void assertNothingLost(Set<String> admitted) {
        for (Told lines : told) {
            assertThat(admitted).containsAll(lines.acknowledged());
        }
    }

    @Test
    void afterACrashOfTheDatabaseUnderLoadAllGoesOnAndNothingIsLost() throws Exception {
        OwnServer server = server();
        HikariDataSource pool = pool("127.0.0.1:" + server.port(), 20);
        History history = History.begin(pool, options);
        LoadedNode a = node(pool, "a");
        LoadedNode b = node(pool, "b");
        for (int i = 0; i < 2; i++) {
            goOn();
            server.crash();
            server.start();
        }
        goOn();
        stop(a, b);

        assertNothingLost(history.check());
    }

    @Test
    void whenAStandbyThatLackedCommitsIsPromotedThatIsToldAndNoEpochIsUsedTwice() throws Exception {
        OwnServer primary = server();
        OwnServer standby = closed(primary.standby(directory.resolve("standby")));
        HikariDataSource pool = pool("127.0.0.1:" + primary.port() + ",127.0.0.1:" + standby.port(), 20);
        History history = History.begin(pool, options);
        LoadedNode a = node(pool, "a");
        LoadedNode b = node(pool, "b");
        goOn();
        assertThat(a.store().losses()).isZero();

        standby.execute("ALTER SYSTEM SET primary_conninfo = ''");
        standby.execute("SELECT pg_reload_conf()");
        Told.awaitUntil(
                () -> standby.strings("SELECT 1 FROM pg_stat_wal_receiver").isEmpty());
        goOn();
        // Acknowledged, and only where the server dies now.
        List<String> acknowledged = new ArrayList<>(told.get(0).acknowledged());
        primary.crash();
        standby.execute("SELECT pg_promote()");
        goOn();
        stop(a, b);

        Set<String> admitted = history.check();
        assertThat(acknowledged)
                .as("this test lost nothing, so it shows nothing")
                .anyMatch(e -> !admitted.contains(e));
        for (LoadedNode node : List.of(a, b)) {
            assertThat(node.store().losses()).isEqualTo(1);
        }
    }

    @Test
    void aLongTransactionOfSomebodyElseAndAPoolThatIsExhaustedOnlyMakeThingsSlower() throws Exception {
        OwnServer server = server();
        String host = "127.0.0.1:" + server.port();
        HikariDataSource foreign = pool(host, 5);
        History history = History.begin(foreign, options);
        HikariDataSource small = pool(host, 6);
        small.setConnectionTimeout(500);
        LoadedNode a = node(small, "a");
        LoadedNode b = node(pool(host, 20), "b");
        try (Connection reader = foreign.getConnection();
                Connection locker = foreign.getConnection()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            execute(reader, "SELECT count(*) FROM faults.state");
            goOn();
            locker.setAutoCommit(false);
            // Locks the table and not its rows: a transaction that locks rows in another order than the nodes do can
            // deadlock with them, and the database may then end this one.
            execute(locker, "LOCK TABLE faults.state IN EXCLUSIVE MODE");
            Told.awaitUntil(
                    () -> TestServer.strings(foreign, "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                                    .size()
                            >= 2);
            locker.rollback();
            goOn();
            List<Connection> taken = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                taken.add(small.getConnection());
            }
            goOn();
            for (Connection connection : taken) {
                connection.close();
            }
            reader.rollback();
        }
        goOn();
        stop(a, b);

        assertNothingLost(history.check());
        assertThat(history.serving()).containsExactly("a", "b");
    }

    private static void execute(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
