package dev.meerkat.benchmarks;

import dev.meerkat.api.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long sessions have no service when another node, which owns half of them, is killed or closed: the longest time
 * between two ends of turns of a session, asked for without pause. The same of those that stay where they are says what the
 * machine adds to it. Arguments: url, schema, rounds.
 */
final class OutageDriver {
    private static final int SESSIONS = 32;
    private static final int SHARDS = 256;
    private static final int LEAST = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How many turns each session has had before, so that the other node is not measured while it starts. */
    private static final int WARM_TURNS = 50;

    private static final int KILLED_SECONDS = 15;
    private static final int DRAINED_SECONDS = 4;

    private OutageDriver() {}

    /** The node that goes; runs until its input ends. */
    static void victim(Arguments arguments, Figures figures) throws Exception {
        SharingNode node = SharingNode.open(
                arguments.text("url"), arguments.text("schema"), "victim", true, turn -> "ok", Runtimes.limits());
        int unused = System.in.read();
        node.close();
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        String url = arguments.text("url");
        String schema = arguments.text("schema");
        try (SharingNode node = SharingNode.open(url, schema, "survivor", true, turn -> "ok", Runtimes.limits())) {
            List<Session> sessions = node.sessions(SESSIONS, true);
            for (String how : List.of("killed", "drained")) {
                Histogram gaps = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
                Histogram stayed = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
                for (int round = 0; round < arguments.number("rounds"); round++) {
                    measure(arguments, sessions, how.equals("killed"), gaps, stayed);
                }
                report("outage/" + how, gaps, figures);
                report("outage/" + how + "/stayed", stayed, figures);
            }
        }
    }

    private static void report(String name, Histogram gaps, Figures figures) {
        figures.add(name + "/sessions", (double) gaps.getTotalCount());
        figures.add(name + "/p50", gaps.getValueAtPercentile(50) / 1e6);
        figures.add(name + "/p99", gaps.getValueAtPercentile(99) / 1e6);
    }

    private static void measure(
            Arguments arguments, List<Session> sessions, boolean kill, Histogram gaps, Histogram stayed)
            throws Exception {
        Process victim = new ProcessBuilder(Child.command(List.of("-Xmx256m"), "OutageVictim", arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Set<Integer> shards = shards(arguments);
        while (shards.size() < LEAST) {
            TimeUnit.MILLISECONDS.sleep(100);
            shards = shards(arguments);
        }
        List<Asker> askers = new ArrayList<>();
        for (Session session : sessions) {
            Asker asker = new Asker(session);
            askers.add(asker);
            asker.start();
        }
        for (Asker asker : askers) {
            asker.warm.await();
        }
        shards = shards(arguments);
        askers.forEach(asker -> asker.longest = 0);
        if (kill) {
            victim.destroyForcibly();
            TimeUnit.SECONDS.sleep(KILLED_SECONDS);
        } else {
            victim.getOutputStream().close();
            TimeUnit.SECONDS.sleep(DRAINED_SECONDS);
        }
        for (Asker asker : askers) {
            asker.over = true;
            asker.join();
            int shard = (int) (asker.session.id().value().getLeastSignificantBits() & (SHARDS - 1));
            if (asker.failure != null) {
                throw new IllegalStateException("a turn was not run", asker.failure);
            }
            (shards.contains(shard) ? gaps : stayed).recordValue(asker.longest);
        }
        victim.waitFor();
    }

    private static Set<Integer> shards(Arguments arguments) throws SQLException {
        Set<Integer> shards = new HashSet<>();
        String schema = arguments.text("schema");
        PostgresServer.strings(
                        arguments.text("url"),
                        "SELECT s.shard FROM " + schema + ".shard s JOIN " + schema
                                + ".node n ON n.id = s.owner WHERE n.name = 'victim' AND NOT n.dead")
                .forEach(shard -> shards.add(Integer.valueOf(shard)));
        return shards;
    }

    private static final class Asker extends Thread {
        private final Session session;
        private volatile boolean over;
        private final CountDownLatch warm = new CountDownLatch(WARM_TURNS);
        private volatile long longest;
        private @Nullable Exception failure;

        Asker(Session session) {
            this.session = session;
        }

        @Override
        public void run() {
            try {
                long last = System.nanoTime();
                while (!over) {
                    if (session.startTurn("go").await(PATIENCE).isEmpty()) {
                        throw new IllegalStateException("not within " + PATIENCE);
                    }
                    long now = System.nanoTime();
                    longest = Math.max(longest, now - last);
                    last = now;
                    warm.countDown();
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (InterruptedException | RuntimeException e) {
                failure = e;
            } finally {
                while (warm.getCount() > 0) {
                    warm.countDown();
                }
            }
        }
    }
}
