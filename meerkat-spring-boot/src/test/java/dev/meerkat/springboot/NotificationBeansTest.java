package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Notifications whose targets are properties. */
@Timeout(300)
class NotificationBeansTest {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZg==";

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private HttpServer server;
    private ApplicationContextRunner runner;

    @BeforeEach
    void receive() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
        runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        MeerkatAutoConfiguration.class,
                        MeerkatNotificationsAutoConfiguration.class))
                .withBean(Agent.class, () -> turn -> "answer")
                .withPropertyValues(
                        "spring.datasource.url=" + TestDatabase.url(),
                        "meerkat.webhooks.notifications.ops.url=http://127.0.0.1:"
                                + server.getAddress().getPort() + "/",
                        "meerkat.webhooks.notifications.ops.secrets=" + SECRET,
                        "meerkat.webhooks.notifications.ops.types=turn_completed");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String next() throws InterruptedException {
        return told.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void positionsStandBesideAFile(@TempDir Path directory) {
        Path file = directory.resolve("m.db");
        runner.withPropertyValues("meerkat.store.file=" + file).run(context -> {
            Sessions.ask(
                    context.getBean(Meerkat.class),
                    SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a"));
            assertThat(next()).contains("turn_completed", "agent-a");
        });
        assertThat(directory.resolve("m.db.notifications")).exists();
    }

    @Test
    void withSessionsInPostgresNothingIsMissedWhileTheApplicationIsDown() throws Exception {
        String schema = "notification_beans";
        try (Connection connection = DriverManager.getConnection(TestDatabase.url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        ApplicationContextRunner durable = runner.withPropertyValues(
                "spring.datasource.hikari.schema=" + schema,
                "meerkat.store.type=postgresql",
                "meerkat.store.schema=" + schema);
        durable.run(context -> {
            Sessions.ask(
                    context.getBean(Meerkat.class),
                    SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a"));
            assertThat(next()).contains("agent-a");
        });
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(TestDatabase.url());
        try (PostgresStore store =
                        PostgresStore.open(source, PostgresOptions.defaults().withSchema(schema));
                Meerkat other =
                        MeerkatRuntime.of(turn -> "elsewhere").store(store).open()) {
            Sessions.ask(other.open("agent-a"), "meanwhile");
        }
        durable.run(context -> {
            assertThat(next()).as("of what happened meanwhile").contains("agent-a");
            Sessions.ask(
                    context.getBean(Meerkat.class),
                    SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-b"));
            assertThat(next()).contains("agent-b");
        });
        assertThat(told).isEmpty();
    }

    @Test
    void aTargetThatCannotBeFailsTheStartAndShowsNoSecret() {
        runner.withPropertyValues("meerkat.webhooks.notifications.ops.url=http://example.org/")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains("meerkat.webhooks.notifications.ops.url", "https")
                        .doesNotContain(SECRET));
    }
}
