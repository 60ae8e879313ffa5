package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.TurnRecord;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGStatement;

/** Faults of the database and of the way to it: nothing acknowledged is lost, nothing is stored twice. */
class PostgresStoreFaultTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final SQLException BROKEN = new SQLException("the connection is broken", "08006");

    private static final String COMMITTER = "meerkat-store-committer";
    private static final String OTHER = "00000000-0000-7000-8000-000000000001";

    private final PostgresOptions options = TestServer.fresh();
    private final String schema = DbConnection.quoted(options.schema());

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    private PostgresStore open() {
        return open(PostgresSettings.DEFAULT);
    }

    private PostgresStore open(PostgresSettings settings) {
        return Alone.begun(PostgresStore.open(TestServer.source(), options, settings));
    }

    private static List<SessionId> held(PostgresStore store, int sessions) throws Exception {
        List<SessionId> ids = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            ids.add(Script.create(store, "s" + i));
        }
        return ids;
    }

    private static List<String> texts(PostgresStore store, SessionId id) {
        return store.events(id, Cursor.START, 1_000).stream()
                .filter(SessionEvent.InputAdmitted.class::isInstance)
                .map(event -> Script.text(((SessionEvent.InputAdmitted) event).input()))
                .toList();
    }

    // --- who has the store -------------------------------------------------------------------------

    @Test
    void aSecondNodeGetsItsShareAndAllWhenTheFirstIsClosed() throws Exception {
        PostgresStore first = open();
        List<SessionId> ids = held(first, 40);
        assertThat(ids).allMatch(first.ownership()::owns);
        try (PostgresStore second = open()) {
            awaitUntil(() -> ids.stream().anyMatch(second.ownership()::owns));
            for (SessionId id : ids) {
                assertThat(Script.done(Script.append(first, id, Script.message("one"))))
                        .isInstanceOf(AppendResult.Appended.class);
                assertThat(Script.done(Script.append(second, id, Script.message("two"))))
                        .isInstanceOf(AppendResult.Appended.class);
            }
            first.close();
            awaitUntil(() -> ids.stream().allMatch(second.ownership()::owns));
            for (SessionId id : ids) {
                assertThat(texts(second, id)).containsExactly("hi", "one", "two");
                assertThat(Script.done(second.commit(keyed(id, List.of())))).isInstanceOf(StepResult.Committed.class);
            }
        }
    }

    @Test
    void aHungNodeWhoseLeaseHasEndedWritesNoStepAndComesBackAsAnotherNode() throws Exception {
        try (PostgresStore zombie = open()) {
            SessionId id = Script.create(zombie, "a");
            long epoch = zombie.epoch();
            TestServer.execute("UPDATE " + schema + ".lease SET expires_at = clock_timestamp() - interval '1 second'");

            try (PostgresStore next = open()) {
                assertThat(next.ownership().owns(id)).isTrue();
                assertThat(Script.done(zombie.commit(keyed(id, List.of())))).isInstanceOf(Fenced.class);
                assertThat(zombie.ownership().owns(id)).isFalse();
                assertThat(zombie.epoch()).isGreaterThan(epoch);
                assertThat(zombie.load(id).orElseThrow().standing().version()).isZero();

                assertThat(Script.done(Script.append(zombie, id, Script.message("as any node"))))
                        .isInstanceOf(AppendResult.Appended.class);
                assertThat(texts(next, id)).containsExactly("hi", "as any node");
            }
        }
    }

    @Test
    void aNodeThatThinksThatItOwnsAShardWritesNoStepIfTheDatabaseSaysOtherwise() throws Exception {
        try (PostgresStore store = open()) {
            SessionId id = Script.create(store, "a");
            // Of a node that lives, so that this one does not get them back.
            TestServer.execute("INSERT INTO " + schema + ".node (id, name, epoch) VALUES ('" + OTHER
                    + "', 'other', 99);"
                    + " INSERT INTO " + schema + ".lease (node, expires_at) VALUES ('" + OTHER
                    + "', clock_timestamp() + interval '1 hour'); UPDATE " + schema + ".shard SET owner = '" + OTHER
                    + "', epoch = epoch + 7");

            assertThat(Script.done(store.commit(keyed(id, List.of())))).isInstanceOf(Fenced.class);

            assertThat(store.ownership().owns(id)).isFalse();
            assertThat(store.load(id).orElseThrow().standing().version()).isZero();
        }
    }

    private static void awaitUntil(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 6_000 && !condition.getAsBoolean(); i++) {
            boolean unused = new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void onThisSideTheLeaseEndsByAClockThatNobodySets() throws Exception {
        AtomicLong ahead = new AtomicLong();
        try (PostgresStore store = open(PostgresSettings.DEFAULT.withNanos(() -> System.nanoTime() + ahead.get()))) {
            SessionId id = Script.create(store, "a");
            assertThat(store.ownership().owns(id)).isTrue();

            ahead.set(Duration.ofSeconds(9).toNanos());

            assertThat(store.ownership().owns(id)).isFalse();
        }
    }

    // --- the answer to a COMMIT is lost --------------------------------------------------------------

    /** Breaks one commit. */
    private static final class Breaking implements PostgresSettings.Commit {
        private final AtomicBoolean next = new AtomicBoolean();
        private final boolean before;

        Breaking(boolean before) {
            this.before = before;
        }

        @Override
        public void commit(Connection connection, PostgresSettings.Last last) throws SQLException {
            if (next.getAndSet(false)) {
                if (!before) {
                    last.send();
                }
                connection.abort(Runnable::run);
                throw BROKEN;
            }
            last.send();
        }
    }

    @Test
    void aCommitWhoseAnswerIsLostIsFoundAndAcknowledgedOnce() throws Exception {
        Breaking commit = new Breaking(false);
        try (PostgresStore store = open(PostgresSettings.DEFAULT.withCommit(commit))) {
            SessionId id = Script.create(store, "a");
            commit.next.set(true);

            assertThat(Script.done(Script.append(store, id, Script.message("once"))))
                    .isInstanceOf(AppendResult.Appended.class);

            assertThat(texts(store, id)).containsExactly("hi", "once");
        }
    }

    @Test
    void aCommitThatDidNotHappenIsDoneAgain() throws Exception {
        Breaking commit = new Breaking(true);
        try (PostgresStore store = open(PostgresSettings.DEFAULT.withCommit(commit))) {
            SessionId id = Script.create(store, "a");
            commit.next.set(true);

            assertThat(Script.done(Script.append(store, id, Script.message("once"))))
                    .isInstanceOf(AppendResult.Appended.class);

            assertThat(texts(store, id)).containsExactly("hi", "once");
            assertThat(store.health()).isEqualTo(Health.OK);
        }
    }

    @Test
    void anOutcomeThatCannotBeFoundIsUnknownAndNoOtherWriteIsBegunBeforeItIs() throws Exception {
        Breaking commit = new Breaking(false);
        AtomicBoolean reachable = new AtomicBoolean(true);
        PostgresSettings settings = PostgresSettings.DEFAULT.withCommit(commit).withPatience(2, SHORT, SHORT);
        Flaky source = new Flaky(TestServer.source(), reachable);
        try (PostgresStore store = PostgresStore.open(source, options, settings)) {
            SessionId id = Script.create(store, "a");
            NewInput input = Script.message("who knows");
            commit.next.set(true);
            reachable.set(false);

            assertThatThrownBy(() -> Script.done(Script.append(store, id, input)))
                    .satisfies(e -> assertThat(e.getCause()).isNotInstanceOf(StoreException.class))
                    .hasMessageContaining("unknown whether this is stored");
            assertThatThrownBy(() -> Script.done(Script.append(store, id, Script.message("refused"))))
                    .hasCauseInstanceOf(StoreException.class);
            assertThat(store.health().status()).isEqualTo(Health.Status.UNAVAILABLE);

            reachable.set(true);
            assertThat(appended(store, id, input)).isInstanceOf(AppendResult.Duplicate.class);
            assertThat(texts(store, id)).containsExactly("hi", "who knows");
        }
    }

    /** Appends again as long as that is refused, as what comes with the end of an outage may be refused with it. */
    private static AppendResult appended(PostgresStore store, SessionId id, NewInput input) throws ExecutionException {
        for (int i = 1; ; i++) {
            try {
                return Script.done(Script.append(store, id, input));
            } catch (ExecutionException e) {
                if (i == 10 || !String.valueOf(e.getMessage()).contains("nothing of this was stored")) {
                    throw e;
                }
            }
        }
    }

    /** Gives connections only while the database can be reached; counts who asks in vain, and lets the committer wait. */
    private static final class Unreachable {
        private final AtomicBoolean reachable = new AtomicBoolean(true);
        private final Queue<String> asked = new ConcurrentLinkedQueue<>();
        private final CountDownLatch committerAsks = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        DataSource source() {
            DataSource real = TestServer.source();
            return (DataSource) Proxy.newProxyInstance(
                    Unreachable.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (self, method, arguments) -> {
                        if (!reachable.get()) {
                            fail();
                        }
                        return method.invoke(real, arguments);
                    });
        }

        private void fail() throws SQLException {
            String thread = Thread.currentThread().getName();
            asked.add(thread);
            if (thread.equals(COMMITTER)) {
                committerAsks.countDown();
                await(goOn);
            }
            throw new SQLException("the database cannot be reached", "08001");
        }

        long asked(String thread) {
            return asked.stream().filter(thread::equals).count();
        }
    }

    @Test
    void whileTheDatabaseCannotBeReachedWhatWaitsIsRefusedTogetherAndAReadAsksForOneConnection() throws Exception {
        Unreachable database = new Unreachable();
        PostgresSettings settings = PostgresSettings.DEFAULT.withPatience(1, SHORT, SHORT);
        try (PostgresStore store = PostgresStore.open(database.source(), options, settings)) {
            SessionId id = Script.create(store, "a");
            SessionId other = new SessionId(UUID.randomUUID());
            database.reachable.set(false);
            TestServer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            List<CompletionStage<AppendResult>> writes = new ArrayList<>();
            // A session that was not written to before is looked up, so COMMIT is not sent and the outcome is known.
            writes.add(Script.append(store, other, Script.message("finds it out")));
            assertThatThrownBy(() -> Script.done(writes.get(0))).hasCauseInstanceOf(StoreException.class);
            writes.add(Script.append(store, id, Script.message("waits for a connection")));
            await(database.committerAsks);
            // More than one transaction takes.
            for (int i = 0; i < 3 * settings.groupWrites(); i++) {
                writes.add(Script.append(store, id, Script.message("waits")));
            }
            database.goOn.countDown();

            for (CompletionStage<AppendResult> write : writes) {
                assertThatThrownBy(() -> Script.done(write)).hasCauseInstanceOf(StoreException.class);
            }
            // The committer may have asked once more, to see whether it can be reached again.
            assertThat(database.asked(COMMITTER)).isLessThanOrEqualTo(2);
            assertThatThrownBy(() -> store.load(id)).isInstanceOf(StoreException.class);
            assertThat(database.asked(Thread.currentThread().getName())).isEqualTo(1);

            database.reachable.set(true);
            assertThat(store.load(id)).isPresent();
            awaitUntil(() -> store.health().equals(Health.OK));
            assertThat(Script.done(Script.append(store, id, Script.message("goes on"))))
                    .isInstanceOf(AppendResult.Appended.class);
            assertThat(texts(store, id)).containsExactly("hi", "goes on");
        }
    }

    // --- groups ------------------------------------------------------------------------------------------

    @Test
    void aWriteThatTheDatabaseRefusesDisturbsNoOtherOfItsGroup() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean hold = new AtomicBoolean();
        PostgresSettings settings = PostgresSettings.DEFAULT.withCommit((connection, last) -> {
            if (hold.getAndSet(false)) {
                first.countDown();
                await(goOn);
            }
            last.send();
        });
        try (PostgresStore store = open(settings)) {
            List<SessionId> ids = held(store, 3);
            hold.set(true);
            CompletionStage<AppendResult> holds = Script.append(store, ids.get(0), Script.message("holds"));
            await(first);
            // A row that is in the way of the next input of the second session.
            TestServer.execute(
                    "INSERT INTO " + schema + ".input SELECT no, 3, 1, 1, 0, 0, gen_random_uuid(), ''::bytea FROM "
                            + schema + ".session WHERE id = '" + ids.get(1) + "'");
            List<CompletionStage<AppendResult>> group = new ArrayList<>();
            for (SessionId id : ids) {
                group.add(Script.append(store, id, Script.message("together")));
            }
            goOn.countDown();

            assertThat(Script.done(holds)).isInstanceOf(AppendResult.Appended.class);
            assertThat(Script.done(group.get(0))).isInstanceOf(AppendResult.Appended.class);
            assertThatThrownBy(() -> Script.done(group.get(1))).hasCauseInstanceOf(StoreException.class);
            assertThat(Script.done(group.get(2))).isInstanceOf(AppendResult.Appended.class);
            assertThat(texts(store, ids.get(2))).containsExactly("hi", "together");
            assertThat(store.health()).isEqualTo(Health.OK);
        }
    }

    @Test
    void aWriteThatIsRefusedInTheMiddleLeavesNoTraceAndDisturbsNoOther() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean hold = new AtomicBoolean();
        PostgresSettings settings = PostgresSettings.DEFAULT.withCommit((connection, last) -> {
            if (hold.getAndSet(false)) {
                first.countDown();
                await(goOn);
            }
            last.send();
        });
        try (PostgresStore store = open(settings)) {
            List<SessionId> ids = held(store, 2);
            AdmittedInput input = ((AppendResult.Appended)
                            Script.done(Script.append(store, ids.get(0), Script.message("fails"))))
                    .input();
            hold.set(true);
            CompletionStage<AppendResult> holds = Script.append(store, ids.get(1), Script.message("holds"));
            await(first);
            CompletionStage<StepResult> refused =
                    store.commit(keyed(ids.get(0), List.of(retriedAt(input, Instant.MAX))));
            CompletionStage<AppendResult> other = Script.append(store, ids.get(1), Script.message("other"));
            goOn.countDown();

            assertThat(Script.done(holds)).isInstanceOf(AppendResult.Appended.class);
            assertThatThrownBy(() -> Script.done(refused)).hasCauseInstanceOf(StoreException.class);
            assertThat(Script.done(other)).isInstanceOf(AppendResult.Appended.class);
            assertThat(store.load(ids.get(0)).orElseThrow().standing().version())
                    .isZero();
            assertThat(Script.done(store.commit(keyed(ids.get(0), List.of()))))
                    .isInstanceOf(StepResult.Committed.class);
            assertThat(texts(store, ids.get(1))).containsExactly("hi", "holds", "other");
        }
    }

    private static FailedInput retriedAt(AdmittedInput input, Instant at) {
        TurnRecord turn = new TurnRecord(new TurnId(Script.uuid()), 1, 0, 0, Marks.ZERO, at);
        return new FailedInput(
                input,
                FailedInput.State.HELD,
                turn,
                Script.AT,
                Duration.ZERO,
                Duration.ZERO,
                "agent_error",
                "no model");
    }

    private static StepCommit keyed(SessionId id, List<FailedInput> failed) {
        return new StepCommit(id, 0, SessionProgress.START)
                .withAdded(new StepCommit.Added(List.of(), List.of(), List.of(), failed))
                .withContextKey(new ContextKey("k", "digest"));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // --- connections -------------------------------------------------------------------------------------

    @Test
    void connectionsThatAreCutUnderLoadLoseNothingThatWasAcknowledged() throws Exception {
        try (PostgresStore store = open()) {
            List<SessionId> ids = held(store, 4);
            AtomicInteger acknowledged = new AtomicInteger();
            List<CompletionStage<?>> all = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                all.add(Script.append(store, ids.get(i % 4), Script.message("m" + i))
                        .thenAccept(result -> {
                            assertThat(result).isInstanceOf(AppendResult.Appended.class);
                            acknowledged.incrementAndGet();
                        }));
                if (i % 100 == 50) {
                    TestServer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
                }
            }
            for (CompletionStage<?> stage : all) {
                Script.done(stage);
            }

            assertThat(acknowledged).hasValue(400);
            for (SessionId id : ids) {
                assertThat(texts(store, id)).hasSize(101).doesNotHaveDuplicates();
                assertThat(store.load(id).orElseThrow().log().last()).isEqualTo(new Cursor(102));
            }
            assertThat(store.ownership().owns(ids.get(0))).isTrue();
        }
    }

    @Test
    void aPoolThatIsExhaustedRefusesReadsWhileWritesAndTheLeaseGoOn() throws Exception {
        try (HikariDataSource pool = TestServer.pool(TestServer.address(), 3);
                PostgresStore store = PostgresStore.open(pool, options)) {
            pool.setConnectionTimeout(500);
            SessionId id = Script.create(store, "a");
            try (Connection taken = pool.getConnection()) {
                assertThat(taken.isValid(5)).isTrue();
                assertThatThrownBy(() -> store.load(id))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("cannot be read");
                assertThat(Script.done(Script.append(store, id, Script.message("goes on"))))
                        .isInstanceOf(AppendResult.Appended.class);
            }
            assertThat(store.load(id)).isPresent();
        }
    }

    @Test
    void nothingIsLeftOnAConnection() throws Exception {
        try (HikariDataSource pool = TestServer.pool(TestServer.address() + "&prepareThreshold=1", 4)) {
            try (PostgresStore store = PostgresStore.open(pool, options)) {
                SessionId id = Script.create(store, "a");
                for (int i = 0; i < 20; i++) {
                    Script.done(Script.append(store, id, Script.message("m")));
                    assertThat(store.load(id)).isPresent();
                }
            }
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Connection connection = pool.getConnection();
                all.add(connection);
                assertThat(connection.getAutoCommit()).isTrue();
                try (Statement statement = connection.createStatement()) {
                    statement.unwrap(PGStatement.class).setPrepareThreshold(0);
                    ResultSet row = statement.executeQuery("SELECT (SELECT count(*) FROM pg_prepared_statements),"
                            + " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),"
                            + " current_setting('lock_timeout')");
                    row.next();
                    assertThat(row.getInt(1)).isZero();
                    assertThat(row.getInt(2)).isZero();
                    assertThat(row.getString(3)).isEqualTo("0");
                }
            }
            for (Connection connection : all) {
                connection.close();
            }
        }
    }
}
