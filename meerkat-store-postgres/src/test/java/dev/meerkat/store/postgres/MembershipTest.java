package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which node has which shards: each shard one, what nodes know is what is stored, and none stays with nobody. */
class MembershipTest {
    private static final int HALF = Shards.COUNT / 2;

    private final PostgresOptions options = TestServer.fresh();
    private final String schema = DbConnection.quoted(options.schema());
    private final Database database = new Database(TestServer.source(), options.schema());

    @BeforeEach
    void migrate() {
        Migrations.migrate(database);
    }

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    private Membership serving(String name) throws SQLException {
        Membership node = new Membership(database, options.withNodeName(name), new Shards());
        node.serve(true);
        return node;
    }

    private List<Integer> stored(Membership node) {
        return TestServer.strings("SELECT shard FROM " + schema + ".shard WHERE owner = '"
                        + node.now().id() + "' ORDER BY shard")
                .stream()
                .map(Integer::valueOf)
                .toList();
    }

    private void give(Membership node, int count) {
        TestServer.execute("UPDATE " + schema + ".shard SET owner = '"
                + node.now().id() + "', epoch = epoch + 1 WHERE shard < " + count);
    }

    private static void claimAll(Membership... nodes) throws SQLException {
        for (Membership node : nodes) {
            Membership.Claimed unused = node.claim();
        }
    }

    @Test
    void nodesThatClaimAtTheSameTimeDoNotTakeShardsFromEachOther() throws Exception {
        Membership first = serving("first");
        Membership second = serving("second");
        int waiting = 42_000 + Shards.COUNT;
        // The first claim that begins sees the shards as they are, and then waits.
        TestServer.execute("CREATE TABLE " + schema + ".passed (one int); CREATE FUNCTION " + schema
                + ".hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM " + schema
                + ".passed) THEN PERFORM pg_advisory_xact_lock(" + waiting
                + "); END IF; RETURN NULL; END $$; CREATE TRIGGER hold BEFORE UPDATE ON " + schema
                + ".shard FOR EACH STATEMENT EXECUTE FUNCTION " + schema + ".hold()");
        CompletableFuture<Integer> held;
        try (Connection holder = TestServer.source().getConnection();
                Statement lock = holder.createStatement()) {
            lock.execute("SELECT pg_advisory_lock(" + waiting + ")");
            held = CompletableFuture.supplyAsync(() -> claimed(first));
            Told.awaitUntil(() -> TestServer.strings("SELECT 'waits' FROM pg_locks WHERE locktype = 'advisory'"
                                    + " AND NOT granted AND objid = " + waiting)
                            .size()
                    == 1);
            TestServer.execute("INSERT INTO " + schema + ".passed VALUES (1)");
            assertThat(second.claim().shards()).isEqualTo(HALF);
            lock.execute("SELECT pg_advisory_unlock(" + waiting + ")");
        }

        assertThat(held.get(60, TimeUnit.SECONDS)).isEqualTo(HALF);
        assertThat(first.shards().owned()).isEqualTo(stored(first)).hasSize(HALF);
        assertThat(second.shards().owned()).isEqualTo(stored(second)).hasSize(HALF);
    }

    private static int claimed(Membership node) {
        try {
            return node.claim().shards();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void aNodeWhoseShardsOthersHaveLearnsOfItAndTakesWhatNobodyHas() throws Exception {
        Membership first = serving("first");
        Membership second = serving("second");
        claimAll(first, second);
        List<Integer> taken = first.shards().owned().subList(0, 10);
        List<Integer> free = second.shards().owned().subList(0, 10);
        taken.forEach(shard -> TestServer.execute("UPDATE " + schema + ".shard SET owner = '"
                + second.now().id() + "', epoch = epoch + 1 WHERE shard = " + shard));
        free.forEach(
                shard -> TestServer.execute("UPDATE " + schema + ".shard SET owner = NULL WHERE shard = " + shard));

        claimAll(second, first, second);

        assertThat(first.shards().owned()).isEqualTo(stored(first));
        assertThat(second.shards().owned()).isEqualTo(stored(second));
        List<Integer> both = new ArrayList<>(first.shards().owned());
        both.addAll(second.shards().owned());
        assertThat(both).hasSize(Shards.COUNT).doesNotHaveDuplicates();
    }

    @Test
    void whatANodeHasWithoutKnowingItIsItsOwnAgainAlsoBeyondItsShare() throws Exception {
        Membership first = serving("first");
        claimAll(first);
        Membership second = serving("second");
        // The answer to a release was lost, or that to a claim.
        first.shards().owned().subList(0, HALF).forEach(first.shards()::drop);

        assertThat(first.claim().shards()).isEqualTo(HALF);

        assertThat(first.shards().owned()).hasSize(Shards.COUNT);
        assertThat(first.surplus(Set.of())).hasSize(HALF);
        assertThat(second.claim().shards()).isZero();
    }

    @Test
    void whatWasSeenBeforeAClaimDoesNotUndoIt() throws Exception {
        Membership first = serving("first");
        give(first, 1);
        claimAll(first);
        long epoch = first.shards().epoch(0);

        first.shards().lost(0, epoch - 1);
        assertThat(first.shards().epoch(0)).isEqualTo(epoch);

        first.shards().lost(0, epoch);
        assertThat(first.shards().epoch(0)).isZero();
    }

    @Test
    void aNodeKnowsWhenTheFirstOtherLeaseEnds() throws Exception {
        Membership first = serving("first");
        claimAll(first);
        assertThat(first.millisToNextEnd()).isEqualTo(Long.MAX_VALUE);

        Membership second = serving("second");
        claimAll(first);
        assertThat(first.millisToNextEnd()).isBetween(1L, options.lease().toMillis());

        TestServer.execute("UPDATE " + schema + ".lease SET expires_at = clock_timestamp() - interval '1 second'"
                + " WHERE node = '" + second.now().id() + "'");
        assertThat(first.claim().dead()).isEqualTo(1);
        assertThat(first.claim().dead()).isZero();
        assertThat(first.millisToNextEnd()).isEqualTo(Long.MAX_VALUE);
    }
}
