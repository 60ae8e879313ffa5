package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes of one process under load, with faults of what is around them. The history is checked. */
class LoadedNodesTest {
    /** How often connections are cut. */
    private static final int CUTS = Integer.getInteger("meerkat.cuts", 20);

    private static final int EVERY = 40;
    private static final int EVENTS = 60;

    private final PostgresOptions options = TestServer.fresh().withLease(NodeChild.LEASE);
    private final Told told = new Told();

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    @Test
    void connectionsCutInTheMiddleOfCommitLoseNothingAndNothingTakesEffectTwice() throws Exception {
        History history = History.begin(TestServer.source(), options);
        try (CuttingProxy proxy = new CuttingProxy(EVERY);
                HikariDataSource first = TestServer.pool(proxy.url(), 10);
                HikariDataSource second = TestServer.pool(proxy.url(), 10);
                LoadedNode a = new LoadedNode(first, options.withNodeName("a"), turn -> "ok", told);
                LoadedNode b = new LoadedNode(second, options.withNodeName("b"), turn -> "ok", told)) {
            Told.awaitUntil(() -> proxy.cuts() >= CUTS);
            a.stopSending();
            b.stopSending();
            assertThat(history.check()).containsAll(told.acknowledged());
        }
        assertThat(told.lines("refused")).isEmpty();
    }

    @Test
    void wallClocksThatAreHoursApartAndJumpChangeNothing() throws Exception {
        History history = History.begin(TestServer.source(), options);
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ofHours(1));
        try (LoadedNode a = new LoadedNode(
                        TestServer.source(),
                        options.withNodeName("a"),
                        () -> Instant.now().plus(ahead.get()),
                        turn -> "ok",
                        told);
                LoadedNode b = new LoadedNode(
                        TestServer.source(),
                        options.withNodeName("b"),
                        () -> Instant.now().minus(Duration.ofHours(1)),
                        turn -> "ok",
                        told)) {
            for (int hours : new int[] {-2, 3}) {
                told.awaitMore(EVENTS);
                ahead.set(Duration.ofHours(hours));
            }
            told.awaitMore(EVENTS);
            assertThat(history.serving()).containsExactly("a", "b");
            a.stopSending();
            b.stopSending();
            assertThat(history.check()).containsAll(told.acknowledged());
        }
        assertThat(told.lines("refused")).isEmpty();
    }
}
