package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.agent.Agent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Events and messages that leave with the application's own transaction. */
@Timeout(300)
class TransactionOutboxTest {
    private static int schemas;

    private String schema;
    private ApplicationContextRunner runner;

    @BeforeEach
    void fresh() throws SQLException {
        schema = "outbox_" + ++schemas;
        try (Connection connection = DriverManager.getConnection(TestDatabase.url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        runner = runner(schema, TestDatabase.url());
    }

    private static ApplicationContextRunner runner(String schema, String url) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        MeerkatAutoConfiguration.class,
                        MeerkatOutboxAutoConfiguration.class))
                .withBean(Agent.class, () -> turn -> "answer")
                .withBean(Orders.class)
                .withPropertyValues(
                        "spring.datasource.url=" + url,
                        "spring.datasource.hikari.schema=" + schema,
                        "meerkat.store.type=postgresql",
                        "meerkat.store.schema=" + schema,
                        "meerkat.store.lease=3s",
                        "meerkat.outbox.enabled=true");
    }

    /** What an application does. */
    static class Orders {
        private final JdbcTemplate jdbc;
        private final TransactionOutbox outbox;

        Orders(JdbcTemplate jdbc, TransactionOutbox outbox) {
            this.jdbc = jdbc;
            this.outbox = outbox;
            jdbc.execute("CREATE TABLE IF NOT EXISTS orders (id integer PRIMARY KEY)");
        }

        @Transactional
        public void place(int id, boolean fails) {
            jdbc.update("INSERT INTO orders VALUES (?)", id);
            outbox.send("owner", event(id));
            if (fails) {
                throw new IllegalStateException("the order cannot be");
            }
        }

        @Transactional
        public void message(int id, boolean fails) {
            jdbc.update("INSERT INTO orders VALUES (?)", -id);
            outbox.send("clerk", TransactionOutboxTest.message(id));
            if (fails) {
                throw new IllegalStateException("the order cannot be");
            }
        }
    }

    private static PeerMessage message(int id) {
        return PeerMessage.to("owner", "order " + id);
    }

    private static ExternalEvent event(int id) {
        return ExternalEvent.genericJson("order_placed", Json.of(id));
    }

    private static Session owner(ApplicationContext context) throws InterruptedException {
        return context.getBean(Meerkat.class)
                .create(SessionSpec.ofPrompt("You own the orders.")
                        .withKeepAliveAs("owner")
                        .withDeferredStart());
    }

    private static Session clerk(ApplicationContext context) throws InterruptedException {
        return context.getBean(Meerkat.class)
                .create(SessionSpec.ofPrompt("You take the orders.")
                        .withKeepAliveAs("clerk")
                        .withDeferredStart());
    }

    /** The texts of all messages that a session got up to the one that is named. */
    private static List<String> messages(Session session, int last) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        try (EventStream stream = session.events(Cursor.START)) {
            while (!texts.contains("order " + last)) {
                SessionEvent event = stream.next(Duration.ofSeconds(60)).orElseThrow();
                if (event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.PeerMessage message) {
                    texts.add(message.command().body());
                }
            }
        }
        return texts;
    }

    /** The payloads of the first events that a session got. */
    private static List<String> first(Session session, int events) throws InterruptedException {
        List<String> payloads = new ArrayList<>();
        try (EventStream stream = session.events(Cursor.START)) {
            while (payloads.size() < events) {
                SessionEvent event = stream.next(Duration.ofSeconds(60)).orElseThrow();
                if (event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.External external) {
                    payloads.add(external.event().payload().text());
                }
            }
        }
        return payloads;
    }

    /** Waits until nothing is in the outbox but what is set aside. */
    private static void drained(ApplicationContext context) throws InterruptedException {
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        while (jdbc.queryForObject("SELECT count(*) FROM meerkat_outbox WHERE NOT failed", Integer.class) > 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void anEventLeavesWithTheCommitAndNotWithARollback() {
        runner.run(context -> {
            Session owner = owner(context);
            Orders orders = context.getBean(Orders.class);
            orders.place(1, false);
            assertThatThrownBy(() -> orders.place(2, true)).hasMessage("the order cannot be");
            orders.place(3, false);
            assertThat(first(owner, 2)).containsExactly("1", "3");
            drained(context);
            assertThat(context.getBean(JdbcTemplate.class).queryForList("SELECT id FROM orders", Integer.class))
                    .containsExactlyInAnyOrder(1, 3);
        });
    }

    @Test
    void aMessageLeavesWithTheCommitAndNotWithARollback() {
        runner.run(context -> {
            Session owner = owner(context);
            Session clerk = clerk(context);
            Orders orders = context.getBean(Orders.class);
            orders.message(1, false);
            assertThatThrownBy(() -> orders.message(2, true)).hasMessage("the order cannot be");
            orders.message(3, false);
            assertThat(messages(owner, 3)).containsExactly("order 1", "order 3");
            drained(context);
            assertThat(clerk.snapshot().commsName()).contains("clerk");
        });
    }

    @Test
    void commandsOfAllKindsLeaveButNoResponses() {
        runner.run(context -> {
            Session owner = owner(context);
            Session clerk = clerk(context);
            TransactionOutbox outbox = context.getBean(TransactionOutbox.class);
            TransactionTemplate transactions = context.getBean(TransactionTemplate.class);
            List<ContentBlock> more = List.of(new ContentBlock.Text("more"));
            transactions.executeWithoutResult(status -> {
                outbox.send("clerk", CommsCommand.Input.of("look").withBlocks(more));
                outbox.send("clerk", CommsCommand.PeerRequest.to("owner", "look", Json.NULL));
                outbox.send("clerk", message(1).withBlocks(more));
                outbox.send("owner", event(1).withBlocks(more));
            });
            assertThat(messages(owner, 1)).containsExactly("order 1");
            assertThat(first(owner, 1)).containsExactly("1");
            drained(context);
            assertThat(clerk.history(0, 100).entries().toString()).contains("look", "more");
            CommsCommand.PeerResponse response = CommsCommand.PeerResponse.completed(
                    PeerRef.named("owner"), new RequestId(new UUID(1, 1)), Json.NULL);
            assertThatThrownBy(() -> transactions.executeWithoutResult(status -> outbox.send("clerk", response)))
                    .isInstanceOf(InvalidFieldException.class)
                    .hasMessageContaining("peer_response");
        });
    }

    @Test
    void aMessageThatCanNeverBeSentIsSetAsideAndOneToAPeerThatIsNotThereYetWaits() {
        runner.run(context -> {
            clerk(context);
            Orders orders = context.getBean(Orders.class);
            TransactionOutbox outbox = context.getBean(TransactionOutbox.class);
            TransactionTemplate transactions = context.getBean(TransactionTemplate.class);
            transactions.executeWithoutResult(status -> outbox.send("clerk", PeerMessage.to("clerk", "to myself")));
            orders.message(1, false);
            orders.message(2, false);
            assertThat(messages(owner(context), 2)).containsExactly("order 1", "order 2");
            drained(context);
            assertThat(context.getBean(JdbcTemplate.class)
                            .queryForList("SELECT content FROM meerkat_outbox WHERE failed", String.class))
                    .singleElement()
                    .asString()
                    .contains("to myself");
        });
    }

    @Test
    void theTraceOfTheTransactionGoesAlong() {
        runner.run(context -> {
            Session owner = owner(context);
            TraceContext trace = new TraceContext(
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("vendor=a b,other=1"));
            TraceContext.Scope scope = TraceContext.enter(trace);
            try (scope) {
                context.getBean(Orders.class).place(1, false);
            }
            try (EventStream stream = owner.events(Cursor.START)) {
                SessionEvent event = stream.next(Duration.ofSeconds(60)).orElseThrow();
                while (!(event instanceof SessionEvent.InputAdmitted admitted)
                        || !(admitted.input().body() instanceof InputBody.External)) {
                    event = stream.next(Duration.ofSeconds(60)).orElseThrow();
                }
                assertThat(admitted.input().trace()).contains(trace);
            }
        });
    }

    @Test
    void withoutItsTransactionNothingIsSent() {
        runner.run(context -> {
            TransactionOutbox outbox = context.getBean(TransactionOutbox.class);
            assertThatThrownBy(() -> outbox.send("owner", event(1)))
                    .isInstanceOf(IllegalTransactionStateException.class);
            TransactionTemplate transactions = context.getBean(TransactionTemplate.class);
            assertThatThrownBy(() -> transactions.executeWithoutResult(status -> outbox.send(" ", event(1))))
                    .isInstanceOf(InvalidFieldException.class);
            assertThatThrownBy(() -> outbox.send("clerk", message(1)))
                    .isInstanceOf(IllegalTransactionStateException.class);
            assertThat(context.getBean(JdbcTemplate.class)
                            .queryForObject("SELECT count(*) FROM meerkat_outbox", Integer.class))
                    .isZero();
        });
    }

    @Test
    void eventsWaitForTheirSessionInOrderAndHoldBackNoOther() {
        runner.run(context -> {
            Orders orders = context.getBean(Orders.class);
            TransactionOutbox outbox = context.getBean(TransactionOutbox.class);
            TransactionTemplate transactions = context.getBean(TransactionTemplate.class);
            Session other = context.getBean(Meerkat.class)
                    .create(SessionSpec.ofPrompt("hello")
                            .withKeepAliveAs("other")
                            .withDeferredStart());
            for (int i = 1; i <= 5; i++) {
                orders.place(i, false);
            }
            transactions.executeWithoutResult(status -> outbox.send("other", event(9)));
            assertThat(first(other, 1)).containsExactly("9");
            assertThat(first(owner(context), 5)).containsExactly("1", "2", "3", "4", "5");
        });
    }

    @Test
    void anEventThatCanNeverBeTakenIsSetAsideAndToldOf() {
        runner.run(context -> {
            Session owner = owner(context);
            owner.sendExternalEvent(event(0).withIdempotencyKey("the-key"));
            TransactionOutbox outbox = context.getBean(TransactionOutbox.class);
            TransactionTemplate transactions = context.getBean(TransactionTemplate.class);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            transactions.executeWithoutResult(status -> {
                outbox.send("owner", event(1).withIdempotencyKey("the-key"));
                outbox.send("owner", event(0).withIdempotencyKey("the-key"));
                outbox.send("owner", event(2));
            });
            drained(context);
            assertThat(first(owner, 2)).as("the second was a duplicate").containsExactly("0", "2");
            assertThat(jdbc.queryForList("SELECT once_key FROM meerkat_outbox WHERE failed", String.class))
                    .containsExactly("the-key");
            assertThat(jdbc.queryForObject("SELECT problem FROM meerkat_outbox", String.class))
                    .contains("key");
        });
    }

    /** A process that dies as soon as its last transaction has committed, before the outbox hears of it. */
    static final class Dying {
        private Dying() {}

        public static void main(String[] args) {
            runner(args[0], args[1])
                    .withPropertyValues("meerkat.outbox.sweep=1h")
                    .run(context -> {
                        owner(context);
                        clerk(context);
                        Orders orders = context.getBean(Orders.class);
                        orders.place(1, false);
                        orders.place(2, false);
                        orders.message(1, false);
                        orders.message(2, false);
                        context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                                @Override
                                public void afterCommit() {
                                    Runtime.getRuntime().halt(9);
                                }
                            });
                            orders.place(3, false);
                            orders.message(3, false);
                        });
                    });
        }
    }

    @Test
    void aProcessThatDiesAfterTheCommitLosesNothingAndNothingComesTwice() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Dying.class.getName(),
                        schema,
                        TestDatabase.url())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isEqualTo(9);
        runner.run(context -> {
            Session owner = context.getBean(Meerkat.class).open("owner");
            context.getBean(Orders.class).place(4, false);
            context.getBean(Orders.class).message(4, false);
            assertThat(first(owner, 4)).containsExactly("1", "2", "3", "4");
            assertThat(messages(owner, 4)).containsExactly("order 1", "order 2", "order 3", "order 4");
            drained(context);
            assertThat(owner.snapshot().waitingExternal().orElse(0)).isLessThanOrEqualTo(4);
        });
    }

    @Test
    void whatWasSentThoughItsRowStaysIsADuplicate() {
        runner.withPropertyValues("meerkat.outbox.sweep=100ms").run(context -> {
            Session owner = owner(context);
            clerk(context);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            // The rows cannot be deleted at first, so that each look sends the event again.
            jdbc.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''not now''; END'");
            jdbc.execute("CREATE TRIGGER refuse BEFORE DELETE ON meerkat_outbox EXECUTE FUNCTION refuse()");
            context.getBean(Orders.class).message(1, false);
            assertThat(messages(owner, 1)).containsExactly("order 1");
            context.getBean(Orders.class).place(1, false);
            jdbc.execute("DROP TRIGGER refuse ON meerkat_outbox");
            drained(context);
            context.getBean(Orders.class).place(2, false);
            context.getBean(Orders.class).message(2, false);
            assertThat(first(owner, 2)).containsExactly("1", "2");
            assertThat(messages(owner, 2)).containsExactly("order 1", "order 2");
        });
    }

    @Test
    void aDatabaseThatCannotBeOneFailsTheStart() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatOutboxAutoConfiguration.class))
                .withBean(Agent.class, () -> turn -> "answer")
                .withPropertyValues("meerkat.outbox.enabled=true")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("meerkat.outbox.enabled"));
    }
}
