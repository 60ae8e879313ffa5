package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose sessions are in a real PostgreSQL, which asks for a password. */
class ServeOnPostgresTest {
    private static final String PASSWORD = "a \u00e4 secret";
    private static EmbeddedPostgres postgres;
    private static String store;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("password_encryption", "scram-sha-256")
                .setServerConfig("synchronous_commit", "on")
                .start();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE joe LOGIN PASSWORD '" + PASSWORD + "'");
            statement.execute("CREATE SCHEMA agents AUTHORIZATION joe");
            Path access = Path.of(statementResult(statement, "SHOW hba_file"));
            Files.writeString(access, "host all joe all scram-sha-256\n" + Files.readString(access));
            statement.execute("SELECT pg_reload_conf()");
        }
        store = "postgresql://joe@localhost:" + postgres.getPort() + "/postgres?schema=agents";
    }

    private static String statementResult(Statement statement, String sql) throws Exception {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private Child serve() throws Exception {
        return Child.start(
                directory,
                Map.of("PGPASSWORD", PASSWORD),
                Child.command("serve", "--rest", "127.0.0.1:0", "--store", store));
    }

    private static String url(Child server) throws InterruptedException {
        return server.await(line -> line.startsWith("rest ")).substring("rest ".length());
    }

    @Test
    void anAcknowledgedEventIsThereAfterAKillAndCountsOnce() throws Exception {
        List<String> event = List.of("event", "triage", "build_broken", "{\"run\":7}", "--key", "ci-7");
        try (Child server = serve()) {
            String url = url(server);
            Cmd.run("create", "--server", url, "--comms-name", "triage", "Watch.")
                    .ok();
            assertThat(at(url, event).ok().out()).contains("accepted");
            server.kill();
        }
        try (Child server = serve()) {
            String url = url(server);
            assertThat(at(url, event).ok().out()).contains("duplicate");
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void ofTwoServersOneTellsAndTheOtherGoesOnWhenItEnds() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(204, -1);
                told.add(exchange.getRequestHeaders().getFirst("webhook-id"));
            }
        });
        receiver.start();
        Path hooks = Files.writeString(directory.resolve("hooks.json"), """
                {"routes": {}, "notifications": {"ops": {
                  "url": "http://127.0.0.1:%d/", "secrets": [{"env": "OPS"}], "types": ["turn_completed"]}}}
                """.formatted(
                        receiver.getAddress().getPort()));
        List<String> ids = new ArrayList<>();
        try (Child first = serveNotifying(hooks);
                Child second = serveNotifying(hooks)) {
            String url = url(first);
            String other = url(second);
            String id = Cmd.run("create", "--server", url, "--comms-name", "told", "Watch.")
                    .ok()
                    .out()
                    .strip();
            assertThat(id).isNotEmpty();
            ids.add(told.poll(60, TimeUnit.SECONDS));
            for (String server : List.of(url, other, url)) {
                Cmd.run("prompt", "--server", server, "told", "Go on.").ok();
                ids.add(told.poll(60, TimeUnit.SECONDS));
            }
            assertThat(first.terminate()).isZero();
            Cmd.run("prompt", "--server", other, "told", "Go on.").ok();
            ids.add(told.poll(60, TimeUnit.SECONDS));
        } finally {
            receiver.stop(0);
        }
        assertThat(ids).doesNotContainNull().doesNotHaveDuplicates();
        assertThat(told).isEmpty();
    }

    private Child serveNotifying(Path hooks) throws Exception {
        return Child.start(
                directory,
                Map.of("PGPASSWORD", PASSWORD, "OPS", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
                Child.command("serve", "--rest", "127.0.0.1:0", "--store", store, "--webhooks", hooks.toString()));
    }

    private static Cmd.Result at(String url, List<String> command) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of("--json", "--server", url));
        return Cmd.run(args.toArray(String[]::new));
    }

    private static Cmd.Result doctor(String... more) {
        List<String> args = new ArrayList<>(List.of("doctor", "--store", store));
        args.addAll(List.of(more));
        return Cmd.run(InputStream.nullInputStream(), Map.of("PGPASSWORD", PASSWORD), args.toArray(String[]::new));
    }

    @Test
    void theDoctorTellsOfNodesAndOfWhatTheDatabasePromises() throws Exception {
        try (Child server = serve()) {
            String url = url(server);
            Cmd.run("create", "--server", url, "--comms-name", "patient", "Watch.")
                    .ok();
            Cmd.Result well = doctor();
            assertThat(well.lines())
                    .anyMatch(line -> line.contains(" durability: synchronous_commit = on, fsync = "))
                    .anyMatch(line -> line.startsWith("ok       tables: schema agents of postgresql://localhost:"))
                    .anyMatch(line -> line.matches("ok       nodes: .* has \\d+ shards, its lease lasts \\d+\\.\\d s;"
                            + ".*\\d+ of 256 shards are owned"))
                    .anyMatch(line -> line.startsWith("ok       waiting: "))
                    .anyMatch(line -> line.matches("ok       store: its \\d+ live sessions can be read.*"));
            assertThat(doctor("--json").lines())
                    .anyMatch(line -> line.contains("\"check\":\"nodes\"")
                            && line.contains("\"shards\":")
                            && line.contains("\"lease_left_ms\":"))
                    .anyMatch(line ->
                            line.contains("\"check\":\"waiting\"") && line.contains("\"details\":{\"sessions\":"));
            assertThat(server.terminate()).isZero();
        }
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE joe SET synchronous_commit = off");
            Cmd.Result sick = doctor();
            statement.execute("ALTER ROLE joe RESET synchronous_commit");
            assertThat(sick.code()).isEqualTo(ExitCode.FAILED);
            assertThat(sick.lines())
                    .anyMatch(line -> line.startsWith("problem  durability: synchronous_commit = off"))
                    .anyMatch(line -> line.contains("nodes: "));
        }
        assertThat(Cmd.run("doctor", "--store", "postgresql://joe@localhost:1/postgres")
                        .failsWith(ExitCode.FAILED)
                        .out())
                .contains("problem  store: ", "Connection", "-> start the database");
    }

    @Test
    void aWrongPasswordIsToldAndNotRepeated() {
        Cmd.Result refused = Cmd.run(
                        InputStream.nullInputStream(),
                        Map.of("PGPASSWORD", "wrong-one"),
                        "serve",
                        "--rest",
                        "127.0.0.1:0",
                        "--store",
                        store)
                .failsWith(ExitCode.NOT_DONE, "password authentication failed", "joe");
        assertThat(refused.err()).doesNotContain("wrong-one");
    }

    @Test
    void aPoolWhoseConnectionsAreAllTakenIsWaitedForForFiveSeconds() throws Exception {
        StoreAddress.PostgresSchema address = (StoreAddress.PostgresSchema) new StoreAddress.Converter().convert(store);
        try (HikariDataSource pool = address.pool(Cmd.surroundings(Map.of("PGPASSWORD", PASSWORD)))) {
            List<Connection> taken = new ArrayList<>();
            for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
                taken.add(pool.getConnection());
            }
            long begin = System.nanoTime();

            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);

            // The default would be 30 seconds.
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(25));
            for (Connection connection : taken) {
                connection.close();
            }
        }
    }

    @Test
    void anOutageOfTheDatabaseIsToldOnceAndNotForEachSession() throws Exception {
        int sessions = 20;
        Path begun = Files.createDirectory(directory.resolve("begun"));
        Path end = directory.resolve("end");
        String agent = "exec:touch " + begun + "/$$; while [ ! -e " + end + " ]; do sleep 0.1; done; echo done";
        Path data = directory.resolve("data");
        EmbeddedPostgres own = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start();
        int port = own.getPort();
        try (Child server = Child.start(
                directory,
                Map.of("PGPASSWORD", "none"),
                Child.command(
                        "serve",
                        "--rest",
                        "127.0.0.1:0",
                        "--agent",
                        agent,
                        "--store",
                        "postgresql://postgres@localhost:" + port + "/postgres"))) {
            String url = url(server);
            for (int i = 0; i < sessions; i++) {
                Cmd.run("create", "--server", url, "--comms-name", "s" + i, "Work.")
                        .ok();
            }
            await(() -> begun.toFile().list().length == sessions);
            own.close();
            // Now all turns end, and none of their ends can be stored.
            Files.createFile(end);
            await(() -> warnings("a step was not committed") > 0);
            own = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .start();

            for (int i = 0; i < sessions; i++) {
                String name = "s" + i;
                await(() -> Cmd.run("prompt", "--server", url, name, "Go on.").code() == 0);
            }
            assertThat(warnings("session ")).isBetween(1L, sessions / 2L);
        } finally {
            own.close();
        }
    }

    private long warnings(String text) throws Exception {
        try (Stream<String> lines = Files.lines(directory.resolve("stderr.txt"))) {
            return lines.filter(line -> line.startsWith("WARN ") && line.contains(text))
                    .count();
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < 600 && !condition.call(); i++) {
            boolean unused = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
        assertThat(condition.call()).isTrue();
    }
}
