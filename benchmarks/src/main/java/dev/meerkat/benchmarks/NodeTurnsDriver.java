package dev.meerkat.benchmarks;

import dev.meerkat.api.Session;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.RuntimeLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Turns per second that one of several nodes is told the end of, whichever node runs them. Each node runs at most
 * {@code slots} turns at a time, and each turn waits for 20 ms. Arguments: url, schema, node, slots, producers, warmup,
 * measured.
 */
final class NodeTurnsDriver {
    static final int WAIT_MILLIS = 20;
    private static final int SESSIONS = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private NodeTurnsDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        int producers = arguments.number("producers");
        int first = arguments.number("first");
        try (SharingNode node = SharingNode.open(
                arguments.text("url"),
                arguments.text("schema"),
                arguments.text("node"),
                true,
                turn -> {
                    TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
                    return "ok";
                },
                Runtimes.limits()
                        .withTurns(new RuntimeLimits.Turns(
                                arguments.number("slots"), 1_024, Optional.of(Duration.ofHours(1)))))) {
            List<Session> sessions = node.sessions(SESSIONS, true);
            ClosedLoop.measure(
                    "turns",
                    producers,
                    arguments.millis("warmup"),
                    arguments.millis("measured"),
                    (producer, number) -> {
                        Session session = sessions.get((int) ((first + producer + number * producers * 3) % SESSIONS));
                        Optional<TurnOutcome> end = session.startTurn("go").await(PATIENCE);
                        if (!(end.orElseThrow() instanceof TurnOutcome.Completed)) {
                            throw new IllegalStateException("not completed: " + end);
                        }
                    },
                    figures);
        }
    }
}
