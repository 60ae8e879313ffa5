package dev.meerkat.benchmarks;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Durable writes to PostgreSQL acknowledged per second. Arguments: system, url, schema, node, producers, warmup, measured.
 *
 * <p>Systems: {@code bare} is one insert for each group of rows by the driver alone; {@code events} and {@code keyed} go into
 * 64 sessions that do not wake; {@code dbos} sends to 64 workflows; {@code db-scheduler} schedules one-time tasks.
 */
final class AppendDriver {
    private static final int SESSIONS = 64;

    private AppendDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        switch (arguments.text("system")) {
            case "bare" -> bare(arguments, figures);
            case "dbos" -> dbos(arguments, figures);
            case "db-scheduler" -> scheduler(arguments, figures);
            default -> events(arguments, figures);
        }
    }

    private static void measure(Arguments arguments, ClosedLoop.Write write, Figures figures) throws Exception {
        ClosedLoop.measure(
                arguments.text("system"),
                arguments.number("producers"),
                arguments.millis("warmup"),
                arguments.millis("measured"),
                write,
                figures);
    }

    private static void events(Arguments arguments, Figures figures) throws Exception {
        boolean keyed = arguments.text("system").equals("keyed");
        String name = arguments.text("node");
        Json payload = DurableDriver.payload();
        try (SharingNode node = SharingNode.open(
                arguments.text("url"),
                arguments.text("schema"),
                name,
                true,
                turn -> "ok",
                Runtimes.limits().withLanes(1_024, 10_000_000, 1L << 40))) {
            List<Session> sessions = node.sessions(SESSIONS, false);
            measure(
                    arguments,
                    (producer, number) -> {
                        ExternalEvent event = ExternalEvent.genericJson("deploy_complete", payload);
                        ExternalEvent sent =
                                keyed ? event.withIdempotencyKey(name + "-" + producer + "-" + number) : event;
                        EventOutcome outcome = sessions.get(producer % SESSIONS).sendExternalEvent(sent);
                        if (!(outcome instanceof EventOutcome.Accepted)) {
                            throw new IllegalStateException("not accepted: " + outcome);
                        }
                    },
                    figures);
        }
    }

    private static void bare(Arguments arguments, Figures figures) throws Exception {
        byte[] payload = DurableDriver.payload().text().getBytes(StandardCharsets.UTF_8);
        String url = arguments.text("url");
        PostgresServer.execute(
                url,
                "DROP TABLE IF EXISTS log; CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " payload bytea NOT NULL)");
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO log (payload) SELECT * FROM unnest(?::bytea[])");
                GroupCommit commits = new GroupCommit(group -> insert(connection, insert, group))) {
            measure(arguments, (producer, number) -> commits.append(payload), figures);
        }
    }

    private static void insert(Connection connection, PreparedStatement insert, List<byte[]> group)
            throws SQLException {
        insert.setArray(1, connection.createArrayOf("bytea", group.toArray(new byte[0][])));
        insert.executeUpdate();
    }

    private static void dbos(Arguments arguments, Figures figures) throws Exception {
        String url = arguments.text("url");
        try (HikariDataSource pool = SharingNode.pool(url)) {
            DBOS dbos = new DBOS(DBOSConfig.defaults("benchmark").withDataSource(pool));
            dbos.launch();
            PostgresServer.execute(
                    url,
                    "INSERT INTO dbos.workflow_status (workflow_uuid, status) SELECT 'w' || g, 'SUCCESS'"
                            + " FROM generate_series(0, " + (SESSIONS - 1) + ") g ON CONFLICT DO NOTHING");
            String payload = DurableDriver.payload().text();
            measure(
                    arguments,
                    (producer, number) -> dbos.send("w" + producer % SESSIONS, payload, "deploy_complete"),
                    figures);
            dbos.shutdown();
        }
    }

    private static void scheduler(Arguments arguments, Figures figures) throws Exception {
        String url = arguments.text("url");
        PostgresServer.execute(
                url,
                "DROP TABLE IF EXISTS scheduled_tasks; CREATE TABLE scheduled_tasks (task_name text NOT NULL,"
                        + " task_instance text NOT NULL, task_data bytea, execution_time timestamptz NOT NULL,"
                        + " picked boolean NOT NULL, picked_by text, last_success timestamptz, last_failure timestamptz,"
                        + " consecutive_failures int, last_heartbeat timestamptz, version bigint NOT NULL,"
                        + " priority smallint, PRIMARY KEY (task_name, task_instance));"
                        + " CREATE INDEX ON scheduled_tasks (execution_time);"
                        + " CREATE INDEX ON scheduled_tasks (last_heartbeat)");
        String payload = DurableDriver.payload().text();
        OneTimeTask<String> task =
                Tasks.oneTime("deploy_complete", String.class).execute((instance, context) -> {});
        Instant later = Instant.now().plus(Duration.ofDays(1));
        try (HikariDataSource pool = SharingNode.pool(url)) {
            SchedulerClient client = SchedulerClient.Builder.create(pool, task).build();
            measure(
                    arguments,
                    (producer, number) ->
                            client.scheduleIfNotExists(task.instance(producer + "-" + number, payload), later),
                    figures);
        }
    }
}
