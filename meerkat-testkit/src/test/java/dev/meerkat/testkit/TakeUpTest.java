package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each session is taken up by itself at opening, and what cannot be read is reported and tried again. */
@Timeout(60)
class TakeUpTest {
    /** What of the first session cannot be read. */
    private enum Damage {
        SESSION,
        OUTBOX,
        INPUT
    }

    private final MeerkatHarness harness = MeerkatHarness.create();
    private final MemoryStores memory = MemoryStores.create();
    private volatile boolean silent;
    private volatile @Nullable Damage damage;
    private volatile int unlisted;
    private SessionId first;

    private final class DamagedStore extends StoreWrapper {
        DamagedStore(SessionStore inner) {
            super(inner);
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            return write.get();
        }

        private void check(SessionId id, Damage kind) {
            if (id.equals(first) && damage == kind) {
                throw new IllegalArgumentException("a row of " + kind + " is damaged");
            }
        }

        @Override
        public Optional<StoredSession> load(SessionId id) {
            check(id, Damage.SESSION);
            return super.load(id);
        }

        @Override
        public List<Outgoing> outbox(SessionId id, long after, int limit) {
            check(id, Damage.OUTBOX);
            return super.outbox(id, after, limit);
        }

        @Override
        public List<Waiting> waiting(SessionId id, Track track, long after, int limit) {
            check(id, Damage.INPUT);
            return super.waiting(id, track, after, limit);
        }

        @Override
        public List<SessionId> unfinished(@Nullable SessionId after, int limit) {
            if (unlisted > 0) {
                unlisted--;
                throw new IllegalStateException("the list cannot be read now");
            }
            return super.unfinished(after, limit);
        }
    }

    @BeforeEach
    void threeSessionsWithWorkLeft() throws InterruptedException {
        PeerTransport transport =
                receiver -> envelope -> silent ? new CompletableFuture<Delivery>() : receiver.receive(envelope);
        harness.transport(transport).store(() -> new DamagedStore(memory.get())).answeredBy(turn -> {
            if (InputPattern.describe(turn.inputs()).contains("send")) {
                turn.comms()
                        .send(PeerMessage.to(
                                "c", "from " + turn.session().commsName().orElseThrow()));
            }
            return InputPattern.describe(turn.inputs());
        });
        Session a = session("a");
        Session b = session("b");
        session("c");
        first = a.id();
        silent = true;
        for (Session sender : List.of(a, b)) {
            sender.startTurn("send");
            harness.settle();
        }
        harness.executor().hold();
        for (Session busy : List.of(a, b)) {
            busy.send(Input.of("left over"));
        }
    }

    private Session session(String name) throws InterruptedException {
        Session session =
                harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs(name));
        harness.settle();
        return session;
    }

    private void reopen() throws InterruptedException {
        silent = false;
        harness.crash();
        harness.executor().release();
        harness.settle();
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private Health health() {
        return ((HealthCheck) harness.meerkat()).health();
    }

    private Session open(String name) throws InterruptedException {
        return harness.meerkat().open(name);
    }

    private void hasGoneOn(String name) throws InterruptedException {
        assertThat(open(name).snapshot().lastAnswer().orElseThrow()).contains("left over");
        assertThat(OutboxTest.arrived(open("c"))).contains("from " + name);
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeReadHoldsUpNoOtherAndGoesOnWhenItCan(Damage kind) throws InterruptedException {
        damage = kind;
        reopen();

        hasGoneOn("b");
        assertThat(health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(health().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.session()).contains(first);
            assertThat(problem.message()).contains("a row of " + kind + " is damaged");
        });

        harness.advance(Duration.ofMinutes(10));
        assertThat(health().status()).isEqualTo(Health.Status.DEGRADED);
        damage = null;
        harness.advance(Duration.ofMinutes(1));

        assertThat(health()).isEqualTo(Health.OK);
        hasGoneOn("a");
    }

    @Test
    void aListThatCannotBeReadIsReadLater() throws InterruptedException {
        unlisted = 2;
        reopen();

        harness.advance(Duration.ofMinutes(1));

        hasGoneOn("a");
        hasGoneOn("b");
    }

    @Test
    void theOthersAreListedAndAddressedWithoutTheOneThatCannotBeRead() throws InterruptedException {
        damage = Damage.SESSION;
        reopen();

        assertThat(open("c").peers()).extracting(Peer::name).containsExactly("b");
        assertThat(harness.meerkat().list(SessionQuery.all()).sessions())
                .extracting(SessionSnapshot::id)
                .hasSize(2)
                .doesNotContain(first);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> harness.meerkat().open(first))
                .withMessageContaining(first.toString());
    }
}
