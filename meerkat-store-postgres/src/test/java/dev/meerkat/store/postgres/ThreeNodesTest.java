package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three nodes in processes of their own, under load, of which one is killed, stopped for a while, or has another idea of the
 * time, or all are replaced. The history is checked by what the database has, and nothing acknowledged is lost.
 */
@Tag("heavy")
class ThreeNodesTest {
    private static final int EVENTS = 60;
    private static final boolean LONG = Boolean.getBoolean("meerkat.long");
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Where Debian's package faketime has it. */
    private static final Path FAKE_TIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

    private final PostgresOptions options = TestServer.fresh().withLease(NodeChild.LEASE);
    private final List<NodeProcess> nodes = new ArrayList<>();
    private History history;

    @BeforeEach
    void begin() throws Exception {
        history = History.begin(TestServer.source(), options);
    }

    @AfterEach
    void close() {
        nodes.forEach(NodeProcess::destroy);
        TestServer.drop(options);
    }

    private NodeProcess node(String name) throws Exception {
        return node(name, Map.of());
    }

    private NodeProcess node(String name, Map<String, String> variables) throws Exception {
        NodeProcess node = NodeProcess.start(options.schema(), name, variables);
        nodes.add(node);
        return node;
    }

    private List<NodeProcess> three() throws Exception {
        return underLoad(List.of(node("a"), node("b"), node("c")));
    }

    private static List<NodeProcess> underLoad(List<NodeProcess> started) throws Exception {
        for (NodeProcess node : started) {
            node.told().awaitAcknowledged(EVENTS);
        }
        return started;
    }

    /** The others take what the dead one had. */
    private static void goOn(List<NodeProcess> others) throws Exception {
        for (NodeProcess node : others) {
            node.told().awaitMore(EVENTS);
        }
    }

    private void assertNothingLost() throws Exception {
        for (NodeProcess node : nodes) {
            node.stopSending();
        }
        Set<String> admitted = history.check();
        for (NodeProcess node : nodes) {
            assertThat(admitted).containsAll(node.told().acknowledged());
        }
    }

    @Test
    void afterKill9OfANodeTheOthersGoOnWithAllThatWasAcknowledged() throws Exception {
        List<NodeProcess> three = three();
        three.get(0).signal("-KILL");
        three.get(0).awaitEnd();
        goOn(three.subList(1, 3));

        assertNothingLost();
    }

    @Test
    void aNodeThatWasStoppedLongerThanItsLeaseComesBackAndRunsNoToolAndHarmsNothing() throws Exception {
        List<NodeProcess> three = three();
        try (PostgresStore store =
                        PostgresStore.open(TestServer.source(), options, PostgresSettings.DEFAULT.withoutSessions());
                Meerkat watcher =
                        MeerkatRuntime.of(turn -> "never").store(store).open()) {
            Turn turn = watcher.open("s0").startTurn(NodeChild.HOLD);
            Told.awaitUntil(() -> three.stream().anyMatch(node -> has(node, "holding")));
            NodeProcess zombie = three.stream()
                    .filter(node -> has(node, "holding"))
                    .findFirst()
                    .orElseThrow();
            List<NodeProcess> others =
                    three.stream().filter(node -> node != zombie).toList();
            zombie.signal("-STOP");
            history.awaitDead(zombie.name());
            goOn(others);
            assertThat(turn.await(PATIENCE)).get().isInstanceOf(TurnOutcome.Completed.class);

            zombie.signal("-CONT");
            Told.awaitUntil(() -> has(zombie, "woke"));
            zombie.told().awaitMore(EVENTS);

            assertNothingLost();
            assertThat(zombie.told().lines("tool")).isEmpty();
            assertThat(others.stream().flatMap(node -> node.told().lines("tool").stream()))
                    .hasSize(1);
        }
    }

    private static boolean has(NodeProcess node, String line) {
        return !node.told().lines(line).isEmpty();
    }

    @Test
    void allNodesAreReplacedOneAfterTheOtherAndNoCallIsRefused() throws Exception {
        for (NodeProcess old : three()) {
            node(old.name() + "2").told().awaitAcknowledged(EVENTS);
            old.stopSending();
            old.close();
        }

        assertNothingLost();
        assertThat(nodes.stream().flatMap(node -> node.told().lines("refused").stream()))
                .isEmpty();
        assertThat(history.serving()).containsExactly("a2", "b2", "c2");
    }

    @Test
    void clocksOfProcessesThatAreAnHourApartChangeNothing() throws Exception {
        assumeThat(LONG)
                .as("the long form, -Dmeerkat.long=true: the faked clocks make the processes slow")
                .isTrue();
        assumeThat(FAKE_TIME).as("the library of Debian's package faketime").exists();
        List<NodeProcess> three = underLoad(
                List.of(node("ahead", fakeTime("+1h")), node("behind", fakeTime("-1h")), node("right", Map.of())));
        goOn(three);
        assertThat(history.serving()).containsExactly("ahead", "behind", "right");

        three.get(0).signal("-KILL");
        three.get(0).awaitEnd();
        history.awaitDead("ahead");
        goOn(three.subList(1, 3));

        assertNothingLost();
    }

    /** Only the clock that people set is another one. */
    private static Map<String, String> fakeTime(String offset) {
        return Map.of("LD_PRELOAD", FAKE_TIME.toString(), "FAKETIME", offset, "FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}
