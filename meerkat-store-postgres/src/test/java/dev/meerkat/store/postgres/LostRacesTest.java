package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.Trim;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Races in the database that this node loses, in an order that each test makes by itself. */
class LostRacesTest {
    private static final Duration SHORT = Duration.ofMillis(1);
    /** It is not renewed here. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final String COMMITTER = "meerkat-store-committer";
    private static final String DEADLOCK = "40P01";
    private static final String SERIALIZATION = "40001";
    private static final String OTHER = "00000000-0000-7000-8000-000000000001";
    private static final int PREFIX = 60;
    private static final Pattern WRITES = Pattern.compile("INSERT|UPDATE|DELETE|CREATE|advisory|FOR ");

    private final PostgresOptions options = TestServer.fresh();
    private final String schema = DbConnection.quoted(options.schema());
    private final PostgresSettings settings = PostgresSettings.DEFAULT.withPatience(10, SHORT, Duration.ofSeconds(15));

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    private static SQLException victim(String state) {
        return new SQLException("the transaction was ended for another one", state);
    }

    private static StepCommit step(SessionId id, long version) {
        return new StepCommit(id, version, SessionProgress.START);
    }

    private static StepCommit archive(SessionId id, long version) {
        return step(id, version).withChange(StepCommit.Change.ARCHIVE);
    }

    // --- the server ends a transaction for another one ------------------------------------------------

    @Test
    void whateverWriteIsEndedForAnotherOneIsMadeAgain() throws Exception {
        Set<String> ended = ConcurrentHashMap.newKeySet();
        AtomicInteger count = new AtomicInteger();
        DataSource source = Intercepted.source(
                TestServer.source(),
                sql -> {
                    String beginning = sql.substring(0, Math.min(PREFIX, sql.length()));
                    if (WRITES.matcher(sql).find() && ended.add(beginning)) {
                        throw victim(count.incrementAndGet() % 2 == 0 ? DEADLOCK : SERIALIZATION);
                    }
                },
                sql -> {});
        PostgresStore store = PostgresStore.open(source, options, settings);
        try {
            Alone.begun(store);
            SessionId id = Script.create(store, "a");
            assertThat(Script.done(Script.append(store, id, Script.message("once"))))
                    .isInstanceOf(AppendResult.Appended.class);
            assertThat(Script.done(store.commit(step(id, 0)))).isInstanceOf(StepResult.Committed.class);
            Script.done(store.settle(id, new EnvelopeId(Script.uuid()), null));
            Script.done(store.trim(new Trim(id, new Cut(new Cursor(1), 0), Script.AT, 10)));
            assertThat(store.sharing()
                            .orElseThrow()
                            .call(id, "asked", Duration.ofSeconds(60))
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS))
                    .isEqualTo("asked");
            assertThat(store.events(id, Cursor.START, 10))
                    .filteredOn(SessionEvent.InputAdmitted.class::isInstance)
                    .extracting(event -> Script.text(((SessionEvent.InputAdmitted) event).input()))
                    .containsExactly("hi", "once");
            assertThat(Script.done(store.commit(archive(id, 1)))).isInstanceOf(StepResult.Committed.class);
            assertThat(Script.done(store.delete(id))).isEqualTo(DeleteResult.DELETED);
            assertThat(store.load(id)).isEmpty();
        } finally {
            store.close();
        }
        assertThat(TestServer.strings("SELECT count(*) FROM " + schema + ".input"))
                .containsExactly("0");
        assertThat(TestServer.strings("SELECT count(*) FROM " + schema + ".shard s JOIN " + schema
                        + ".node n ON n.id = s.owner AND NOT n.dead"))
                .containsExactly("0");
        assertThat(ended)
                .anyMatch(sql -> sql.contains("advisory"))
                .anyMatch(sql -> sql.contains(".node SET serving"))
                .anyMatch(sql -> sql.contains(".shard s SET owner = ?"))
                .anyMatch(sql -> sql.contains("owner_call"))
                .anyMatch(sql -> sql.contains(".cut"))
                .anyMatch(sql -> sql.contains(".deleted"))
                .hasSizeGreaterThan(20);
    }

    @Test
    void aTransactionThatIsEndedAgainAndAgainIsGivenUpAfterSomeAttemptsWithNothingStored() throws Exception {
        AtomicBoolean always = new AtomicBoolean();
        List<String> tries = new CopyOnWriteArrayList<>();
        String me = Thread.currentThread().getName();
        DataSource source = Intercepted.source(
                TestServer.source(),
                sql -> {
                    String thread = Thread.currentThread().getName();
                    if (always.get()
                            && List.of(COMMITTER, me).contains(thread)
                            && WRITES.matcher(sql).find()) {
                        tries.add(thread);
                        throw victim(DEADLOCK);
                    }
                },
                sql -> {});
        try (PostgresStore store = Alone.begun(PostgresStore.open(source, options, settings))) {
            SessionId id = Script.create(store, "a");
            Script.done(Script.append(store, id, Script.message("one")));
            Script.done(Script.append(store, id, Script.message("two")));
            always.set(true);

            assertThatThrownBy(() -> Script.done(Script.append(store, id, Script.message("never"))))
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining("nothing of this was stored");
            assertThat(tries).filteredOn(COMMITTER::equals).hasSize(settings.attempts());

            assertThatThrownBy(() -> Script.done(store.trim(new Trim(id, new Cut(new Cursor(1), 0), Script.AT, 10))))
                    .hasCauseInstanceOf(StoreException.class);
            assertThat(tries).filteredOn(me::equals).hasSize(Database.ATTEMPTS);

            always.set(false);
            assertThat(store.load(id).orElseThrow().log().last()).isEqualTo(new Cursor(4));
        }
    }

    // --- other nodes, meanwhile -----------------------------------------------------------------------

    /** A node of which a test does each thing itself. */
    private static final class Node implements AutoCloseable {
        private final Membership membership;
        private final GroupCommitter committer;

        Node(DataSource source, PostgresOptions options, PostgresSettings settings) throws SQLException {
            Database database = new Database(source, options.schema());
            membership = new Membership(database, options, new Shards());
            membership.serve(true);
            committer = new GroupCommitter(database, membership, settings, (sessions, schedules) -> {});
            committer.start();
        }

        StepResult commit(StepCommit step) throws Exception {
            return Script.done(committer.submit(new StepWrite(step, membership.shards())));
        }

        @Override
        public void close() {
            boolean unused = committer.finish();
            membership.leave();
        }
    }

    private SessionId created() throws Exception {
        try (PostgresStore store = PostgresStore.open(TestServer.source(), options)) {
            return Script.create(store, "a");
        }
    }

    private long stored(int shard) {
        return Long.parseLong(TestServer.strings("SELECT epoch FROM " + schema + ".shard WHERE shard = " + shard)
                .get(0));
    }

    @Test
    void aStepThatIsRefusedByWhatWasReadBeforeAClaimDoesNotUndoTheClaim() throws Exception {
        SessionId id = created();
        int shard = Shards.of(id);
        AtomicBoolean next = new AtomicBoolean();
        Node[] me = new Node[1];
        DataSource source = Intercepted.source(TestServer.source(), sql -> {}, sql -> {
            if (sql.contains("shard, owner, epoch FROM") && next.getAndSet(false)) {
                // The write knows of the other owner. That one dies, and its shard is claimed here before the write is
                // decided.
                TestServer.execute("UPDATE " + schema + ".node SET dead = true WHERE id = '" + OTHER + "'");
                assertThat(me[0].membership.claim().shards()).isPositive();
            }
        });
        try (Node node = new Node(source, options.withLease(LONG), settings)) {
            me[0] = node;
            Membership.Claimed unused = node.membership.claim();
            TestServer.execute("INSERT INTO " + schema + ".node (id, name, epoch) VALUES ('" + OTHER
                    + "', 'other', 99); INSERT INTO " + schema + ".lease (node, expires_at) VALUES ('" + OTHER
                    + "', clock_timestamp() + interval '1 hour'); UPDATE " + schema + ".shard SET owner = '" + OTHER
                    + "', epoch = epoch + 7 WHERE shard = " + shard);
            next.set(true);

            assertThat(node.commit(step(id, 0))).isInstanceOf(Fenced.class);

            assertThat(node.membership.shards().epoch(shard)).isPositive().isEqualTo(stored(shard));
            assertThat(node.commit(step(id, 0))).isInstanceOf(StepResult.Committed.class);
        }
    }

    @Test
    void shardsWhoseReleaseFailsAreNotLeftWithoutTurns() throws Exception {
        SessionId id = created();
        AtomicBoolean cut = new AtomicBoolean();
        PostgresSettings cutting = settings.withPatience(1, SHORT, Duration.ofSeconds(15))
                .withCommit((connection, last) -> {
                    if (cut.getAndSet(false)) {
                        connection.abort(Runnable::run);
                        throw new SQLException("the connection is broken", "08006");
                    }
                    last.send();
                });
        try (Node node = new Node(TestServer.source(), options.withLease(LONG), cutting)) {
            Shards shards = node.membership.shards();
            assertThat(node.membership.claim().shards()).isEqualTo(Shards.COUNT);
            cut.set(true);
            assertThatThrownBy(
                            () -> Script.done(node.committer.submit(new ReleaseWrite(shards.owned(), shards, false))))
                    .hasCauseInstanceOf(StoreException.class);
            // Nobody begins a turn while it is not known who has the shard.
            assertThat(shards.owned()).isEmpty();

            assertThat(node.membership.claim().shards()).isEqualTo(Shards.COUNT);

            assertThat(shards.epoch(Shards.of(id))).isEqualTo(stored(Shards.of(id)));
            assertThat(node.commit(step(id, 0))).isInstanceOf(StepResult.Committed.class);
        }
    }
}
